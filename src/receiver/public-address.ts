import { BlockList, isIP } from 'node:net'

/**
 * IPv4 addresses that are not public: the IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast, and Azure's
 * metadata service, the only cloud metadata service at a public address.
 */
const specialIpv4 = subnets(
  'ipv4',
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
)

/**
 * An IPv6 address is public if it is global unicast (RFC 4291, section 2.4) and not in the IANA IPv6 Special-Purpose
 * Address Registry. This excludes all forms that embed an IPv4 address and could bypass the list above: mapped,
 * compatible and NAT64 addresses are not global unicast, and Teredo and 6to4 addresses are in the registry.
 */
const globalUnicast = subnets('ipv6', '2000::/3')
const specialIpv6 = subnets('ipv6', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20')

/** Returns false for any text that is not an IP address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialIpv4.check(address, 'ipv4')
    case 6:
      return globalUnicast.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6')
    default:
      return false
  }
}

/**
 * Builds a list of subnets of one family. In a mixed list, an IPv4 address would also match subnets of its IPv6 form.
 */
function subnets(family: 'ipv4' | 'ipv6', ...texts: `${string}/${number}`[]): BlockList {
  const list = new BlockList()
  for (const text of texts) {
    const [address = '', bits] = text.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}
