import { expect, test } from 'vitest'
import { isPublicAddress } from '../../src/receiver/public-address.ts'

test.each([
  ['this network', '0.0.0.0', '0.255.255.255'],
  ['private, 10/8', '10.0.0.0', '10.255.255.255'],
  ['shared between carrier and customer', '100.64.0.0', '100.127.255.255'],
  ['metadata service of Alibaba', '100.100.100.200'],
  ['loopback', '127.0.0.0', '127.0.0.1', '127.255.255.255'],
  ['metadata service of Azure', '168.63.129.16'],
  ['link-local', '169.254.0.0', '169.254.255.255'],
  ['metadata service of AWS, GCP and others', '169.254.169.254', 'fd00:ec2::254'],
  ['private, 172.16/12', '172.16.0.0', '172.31.255.255'],
  ['IETF protocol assignments', '192.0.0.0', '192.0.0.192', '192.0.0.255'],
  ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::1', '3fff:fff::1'],
  ['6to4 relay', '192.88.99.1'],
  ['private, 192.168/16', '192.168.0.0', '192.168.255.255'],
  ['benchmarking', '198.18.0.0', '198.19.255.255', '2001:2::1'],
  ['multicast', '224.0.0.0', '239.255.255.255', 'ff00::', 'ff02::1', 'ffff::1'],
  ['reserved, and broadcast', '240.0.0.0', '255.255.255.254', '255.255.255.255'],
  ['unspecified and loopback of IPv6', '::', '::1'],
  ['IPv4-compatible', '::127.0.0.1', '::10.0.0.1', '::8.8.8.8'],
  ['IPv4-mapped', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:10.0.0.1', '::ffff:8.8.8.8'],
  ['IPv4-translated', '::ffff:0:127.0.0.1'],
  ['NAT64', '64:ff9b::127.0.0.1', '64:ff9b::8.8.8.8', '64:ff9b:1::a00:1'],
  ['discard-only', '100::1', '100:0:0:1::1'],
  ['Teredo', '2001::1', '2001:0:7f00:1::'],
  ['ORCHID', '2001:10::1', '2001:20::1'],
  ['6to4', '2002::', '2002:7f00:1::', '2002:a9fe:a9fe::1', '2002:ffff:ffff:ffff::'],
  ['segment routing', '5f00::1'],
  ['unique local', 'fc00::', 'fd12:3456::1', 'fdff:ffff::1'],
  ['link-local of IPv6', 'fe80::1', 'fe80::1%eth0', 'fe80::1%1', 'febf::1'],
  ['site-local', 'fec0::1'],
  ['not assigned', '4000::1', '1fff::1', 'e000::1'],
  ['no address', '', 'localhost', '127.1', '0x7f000001', '2130706433', '8.8.8.8%1', '[::1]', '8.8.8.8/32'],
])('no public address is %s: %s', (_, ...addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([])
})

test.each([
  ['1.0.0.0', '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
  ['126.255.255.255', '128.0.0.0', '168.63.129.15', '168.63.129.17', '169.253.255.255', '169.255.0.0'],
  ['172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0', '192.167.255.255'],
  ['192.169.0.0', '198.17.255.255', '198.20.0.0', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
  ['2000::1', '2001:200::1', '2001:4860:4860::8888', '2001:db7::1', '2001:db9::1', '2003::1'],
  ['2606:4700:4700::1111', '2a00::1', '3ffe::1', '3fff:1000::1'],
])('up to the edges of the others, addresses are public: %s', (...addresses) => {
  expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([])
})
