import { describe, expect, test } from 'vitest'
import { connectTo } from '../../support/raw-http.ts'
import { startServer, type TestServer } from '../../support/server.ts'

/** Sends a request without a token, with these header lines. @returns the response's status */
async function failure({ origin }: TestServer, ...lines: string[]): Promise<number> {
  const connection = await connectTo(origin)
  connection.send(`GET /api/v1/applications HTTP/1.1\r\nhost: rekey.test\r\n${lines.join('\r\n')}\r\n\r\n`)
  return (await connection.answer()).status
}

function start(environment = {}): Promise<TestServer> {
  return startServer({ environment: { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '1', ...environment } })
}

/** Whether both requests count as those of one caller. */
async function countAsOne(server: TestServer, first: string[], second: string[]): Promise<boolean> {
  await failure(server, ...first)
  expect(await failure(server, ...first)).toBe(429)
  return (await failure(server, ...second)) === 429
}

const plain = 'X-Forwarded-For: 192.0.2.1'
const plainIPv6 = 'X-Forwarded-For: 2001:db8:0:1::9'
const proxy = 'X-Not-Forwarded: 1'

describe.each([
  ['an address with a port', plain, ['X-Forwarded-For: 192.0.2.1:5678']],
  ['another port of the address', 'X-Forwarded-For: 192.0.2.1:5678', ['X-Forwarded-For: 192.0.2.1:5679']],
  ['quotation marks', plain, ['X-Forwarded-For: "192.0.2.1:5678"']],
  ['an IPv4 address in IPv6 notation', plain, ['X-Forwarded-For: ::ffff:192.0.2.1']],
  ['an IPv4 address in IPv6 notation with a port', plain, ['X-Forwarded-For: [::FFFF:c000:201]:443']],
  ['spaces and tabs', plain, ['X-Forwarded-For: \t 192.0.2.1 \t']],
  ['an entry that the caller sent', plain, ['X-Forwarded-For: 198.51.100.7:1, 192.0.2.1']],
  ['a header line that the caller sent', plain, ['X-Forwarded-For: 198.51.100.7', plain]],
  ['empty elements', plain, ['X-Forwarded-For: ,, 192.0.2.1,']],
  ['an empty header line', plain, ['X-Forwarded-For:', plain]],
  ['IPv6 brackets', plainIPv6, ['X-Forwarded-For: [2001:db8:0:1::9]']],
  ['IPv6 brackets and a port', plainIPv6, ['X-Forwarded-For: [2001:DB8:0:1::9]:443']],
  ['an unbracketed port', plainIPv6, ['X-Forwarded-For: 2001:db8:0:1:0:0:0:9:443']],
  ['a zone', 'X-Forwarded-For: fe80::1', ['X-Forwarded-For: [fe80::1%eth0.100]:443']],
  ['Forwarded', plain, ['Forwarded: for=192.0.2.1']],
  ['Forwarded with other parameters', plain, ['Forwarded: by=10.0.0.1;FOR = "192.0.2.1:80" ;proto=https;']],
  ['Forwarded with IPv6', plainIPv6, ['Forwarded: host="a;for=x,b";for="[2001:db8:0:1::9]:4711"']],
  ['Forwarded with escapes', plainIPv6, ['Forwarded: host="\\\\";for="\\[2001:db8:0:1::9\\]:_port"']],
  ['Forwarded with unquoted IPv6', plainIPv6, ['Forwarded: for=2001:db8:0:1::9;proto=http']],
  ['Forwarded that the caller sent too', plain, ['Forwarded: for=198.51.100.7, for=192.0.2.1']],
  [
    'Forwarded with a quote left open by the caller',
    plain,
    ['Forwarded: for="x', 'Forwarded: for="192.0.2.1"'],
  ],
  ['Forwarded with an escaped quote', plain, ['Forwarded: for=198.51.100.7, for=192.0.2.1;host="a\\",b"']],
  ['Forwarded and X-Forwarded-For that agree', plain, [plain, 'Forwarded: for="192.0.2.1:443"']],
  ['Forwarded without a client', plain, [plain, 'Forwarded: for=198.51.100.7, proto=https']],
  ['nonsense in Forwarded', plain, [plain, 'Forwarded: ;=,"']],
  ['an unknown client', proxy, ['X-Forwarded-For: 198.51.100.7, unknown']],
  ['a hidden client', proxy, ['Forwarded: for=198.51.100.7, for=_SEVKISEK']],
  ['an unknown client in Forwarded', proxy, ['Forwarded: for="unknown:1234"']],
  ['two clients in one element', proxy, ['Forwarded: for=198.51.100.7;for=198.51.100.8']],
  ['an octal address', proxy, ['X-Forwarded-For: 0300.0.2.1']],
])('%s', (_, first, second) => {
  test('counts as the same address', async () => {
    expect(await countAsOne(await start(), [first], second)).toBe(true)
  })
})

test('an entry without an address counts as the trusted proxy that wrote it', async () => {
  const server = await start({ REKEY_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8' })
  const same = (first: string, second: string) =>
    countAsOne(server, [`X-Forwarded-For: ${first}`], [`X-Forwarded-For: ${second}`])
  expect(await same('192.0.2.1, unknown, 10.0.0.1', '10.0.0.1')).toBe(true)
  expect(await same('unknown, 10.0.0.2', 'unknown, 10.0.0.3')).toBe(false)
})

test.each([
  ['X-Forwarded-For', [plain, 'Forwarded: for=198.51.100.1'], [plain, 'Forwarded: for=198.51.100.2']],
  ['Forwarded', ['X-Forwarded-For: 198.51.100.1', 'Forwarded: for=192.0.2.1'], ['X-Forwarded-For: 198.51.100.2', 'Forwarded: for=192.0.2.1']], // prettier-ignore
])(
  'if the proxy sets only %s, a caller that sends the other header neither escapes the count nor is counted as another address',
  async (_, first, second) => {
    const server = await start()
    expect(await countAsOne(server, first, second)).toBe(true)
    for (const innocent of ['198.51.100.1', '198.51.100.2', '192.0.2.1', '127.0.0.1'])
      expect([innocent, await failure(server, `X-Forwarded-For: ${innocent}`)]).toEqual([innocent, 401])
  },
)

test('neither header counts from an address that is not a trusted proxy', async () => {
  const server = await start({ REKEY_TRUSTED_PROXIES: '203.0.113.0/24' })
  expect(await countAsOne(server, [plain], ['Forwarded: for=192.0.2.2'])).toBe(true)
  expect(await failure(server, 'X-Forwarded-For: 192.0.2.3', 'Forwarded: for=192.0.2.4')).toBe(429)
})

test.each([
  ['spaces', ' '.repeat(30_000) + '"'],
  ['spaces before an invalid value', `for=${' '.repeat(30_000)}"x"y`],
  ['quotation marks', '",'.repeat(15_000)],
  ['backslashes', `${'\\'.repeat(30_000)}"`],
  ['elements', ','.repeat(30_000)],
  ['names', `${'a'.repeat(30_000)} x`],
  ['ports', ':_'.repeat(15_000)],
])('a forwarding header of 30 KB of %s is read within a second', async (_, text) => {
  const server = await start({ REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '0' })
  await failure(server)
  for (const name of ['X-Forwarded-For', 'Forwarded']) {
    const before = performance.now()
    expect(await failure(server, `${name}: for=x, ${text}`)).toBe(401)
    expect(performance.now() - before).toBeLessThan(1_000)
  }
})
