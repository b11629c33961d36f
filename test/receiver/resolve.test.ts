import { lookup } from 'node:dns/promises'
import { readdirSync, writeFileSync } from 'node:fs'
import type { NetworkInterfaceInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createResolve, usableFamilies, type ResolveSources } from '../../src/receiver/resolve.ts'
import { startDnsServer, type DnsRecords } from '../support/dns-server.ts'
import { outcomeOf } from '../support/post.ts'
import { startReceiver } from '../support/receivers.ts'
import { temporaryFolder } from '../support/server.ts'

const never = new AbortController().signal

/** Creates a resolver that looks up both address families, even on a machine that has addresses of only one. */
function resolveWith(sources: ResolveSources = {}) {
  return createResolve({ families: () => [4, 6], ...sources })
}

interface Files {
  hosts?: string
  config?: string
}

/** Creates a resolver with its own name server, hosts file and resolv.conf. */
async function resolverOn(zone: Record<string, DnsRecords | null>, { hosts = '', config = '' }: Files = {}) {
  const folder = temporaryFolder()
  const files = { hostsFile: join(folder, 'hosts'), configFile: join(folder, 'resolv.conf') }
  writeFileSync(files.hostsFile, hosts)
  writeFileSync(files.configFile, config)
  const { queries } = await startDnsServer((name) => zone[name])
  const resolve = resolveWith(files)
  const addressesOf = async (name: string) => (await resolve(name, never)).map(({ address }) => address)
  return { resolve, addressesOf, queries }
}

test('resolves a name to the addresses of both families, IPv4 first', async () => {
  const addresses = ['2001:db8:0:0:0:0:0:1', '192.0.2.1', '192.0.2.2']
  const { resolve, queries } = await resolverOn({ 'merchant.example': { addresses } })
  expect(await resolve('merchant.example', never)).toEqual([
    { address: '192.0.2.1', family: 4 },
    { address: '192.0.2.2', family: 4 },
    { address: '2001:db8::1', family: 6 },
  ])
  expect(queries.toSorted()).toEqual(['A merchant.example', 'AAAA merchant.example'])
})

test('follows a CNAME, and returns the addresses of one family if the other has none or fails', async () => {
  await startDnsServer((name, type) => {
    if (name === 'alias.example') return { alias: 'target.example', addresses: ['192.0.2.1'] }
    if (name === 'six.example') return { addresses: ['2001:db8:0:0:0:0:0:1'] }
    return type === 'A' ? { addresses: ['192.0.2.1'] } : { code: 2 }
  })
  const resolve = resolveWith()
  expect(await resolve('alias.example', never)).toEqual([{ address: '192.0.2.1', family: 4 }])
  expect(await resolve('six.example', never)).toEqual([{ address: '2001:db8::1', family: 6 }])
  expect(await resolve('half.example', never)).toEqual([{ address: '192.0.2.1', family: 4 }])
})

test('a name that DNS does not know, or that DNS fails to resolve, has no addresses', async () => {
  const { addressesOf } = await resolverOn({ 'failing.example': { code: 2 }, 'empty.example': {} })
  for (const name of ['unknown.example', 'failing.example', 'empty.example', 'bad..example'])
    expect(await addressesOf(name)).toEqual([])
})

test('returns the addresses of a name that the hosts file lists, and does not query DNS for it', async () => {
  const hosts = [
    '# 192.0.2.9 receiver',
    '192.0.2.1\treceiver.corp.example  Receiver # internal',
    '  192.0.2.2 other receiver',
    'nonsense receiver',
    '2001:db8::1 receiver',
    '192.0.2.3 receiver2 # receiver',
  ].join('\n')
  const { addressesOf, queries } = await resolverOn({}, { hosts })
  expect(await addressesOf('receiver')).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1'])
  expect(await addressesOf('receiver.corp.example')).toEqual(['192.0.2.1'])
  expect(queries).toEqual([])
})

test('localhost and names under it are loopback addresses, unless the hosts file says otherwise', async () => {
  const { addressesOf, queries } = await resolverOn({}, { hosts: '127.0.0.2 localhost' })
  expect(await addressesOf('localhost')).toEqual(['127.0.0.2'])
  for (const name of ['localhost.', 'receiver.localhost', 'a.b.localhost.'])
    expect(await addressesOf(name)).toEqual(['127.0.0.1', '::1'])
  expect(queries).toEqual([])
})

test('tries the search domains in order, after the unchanged name if the name has at least ndots dots', async () => {
  const addresses = ['192.0.2.1']
  const config = 'domain ignored.example\nsearch a.example b.example.\noptions rotate ndots:2\n'
  const zone = { 'receiver.b.example': { addresses }, 'x.y.a.example': { addresses }, 'x.y': { addresses } }
  const { addressesOf, queries } = await resolverOn(zone, { config })
  const asked = async (name: string) => {
    queries.length = 0
    const found = await addressesOf(name)
    return [found, queries.filter((query) => query.startsWith('A ')).map((query) => query.slice(2))]
  }
  expect(await asked('receiver')).toEqual([addresses, ['receiver.a.example', 'receiver.b.example']])
  expect(await asked('x.y')).toEqual([addresses, ['x.y.a.example']])
  expect(await asked('x.y.')).toEqual([addresses, ['x.y']])
  const everywhere = ['x.y.z', 'x.y.z.a.example', 'x.y.z.b.example']
  expect(await asked('x.y.z')).toEqual([[], everywhere])
})

test('a probe can use names from the hosts file and from a search domain, but connects only to allowed addresses', async () => {
  const receiver = await startReceiver(() => 204)
  const { resolve } = await resolverOn(
    { 'searched.corp.example': { addresses: ['127.0.0.1'] } },
    { hosts: '127.0.0.1 listed', config: 'search corp.example' },
  )
  for (const host of ['listed', 'searched', 'searched.corp.example.'])
    expect(await outcomeOf({ url: `http://${host}:${receiver.port}/`, resolve })).toBe(204)
  expect(await outcomeOf({ url: `http://searched:${receiver.port}/`, resolve, allow: [] })).toBe(
    'url_refused',
  )
})

test('resolves only one family if all addresses of the machine, except loopback addresses, are of that family', () => {
  const on = (address: string, internal = false) => [{ address, internal } as NetworkInterfaceInfo]
  const lo = [...on('127.0.0.1', true), ...on('::1', true)]
  expect(usableFamilies({ lo, eth0: on('192.0.2.1') })).toEqual([4])
  expect(usableFamilies({ lo, eth0: on('2001:db8::1') })).toEqual([6])
  expect(usableFamilies({ lo, eth0: [...on('2001:db8::1'), ...on('192.0.2.1')] })).toEqual([4, 6])
  expect(usableFamilies({ lo })).toEqual([4, 6])
})

test('while 40 names wait for DNS servers that never respond, dns.lookup still works, and afterward no socket stays open', async () => {
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  const { queries } = await startDnsServer(() => null)
  const resolve = resolveWith()
  const posts = Array.from({ length: 40 }, (_, index) =>
    outcomeOf({ url: `http://silent-${index}.example/`, resolve, timeoutMs: 3_000 }),
  )
  await expect.poll(() => queries.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(80)
  expect(await lookup('localhost')).toMatchObject({ address: expect.any(String) })
  expect(await Promise.all(posts)).toEqual(Array(40).fill('timed_out'))
  await expect.poll(() => descriptors() - before, { timeout: 10_000 }).toBeLessThan(10)
})

test("if the signal aborts, resolve cancels its queries and rejects with the signal's reason", async () => {
  const { queries } = await startDnsServer(() => null)
  const stop = new AbortController()
  const resolving = resolveWith()('merchant.example', stop.signal)
  await expect.poll(() => queries, { timeout: 10_000 }).toHaveLength(2)
  const reason = new Error('the delivery has ended')
  stop.abort(reason)
  await expect(resolving).rejects.toBe(reason)
})
