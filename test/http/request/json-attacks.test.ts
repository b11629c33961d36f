import { expect, test } from 'vitest'
import { watchChanges } from '../../support/changes.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

/** Sends a raw body. @returns the response's status and parsed body */
async function send({ origin }: TestServer, method: string, path: string, body: string | Buffer) {
  const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' }
  const response = await fetch(`${origin}/api/v1${path}`, { method, headers, body })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('a body of malformed or unexpected JSON returns 400, changes nothing and logs no warning', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const changes = watchChanges(server)
  const before = await changes()
  const plain = '{"overlapSeconds": 0}'
  for (const [what, body] of [
    ['a byte order mark', `\ufeff${plain}`],
    ['UTF-16', Buffer.from(plain, 'utf16le')],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${plain}`, 'utf16le')],
    ['big-endian UTF-16', Buffer.from(plain, 'utf16le').swap16()],
    ['unclosed arrays', '['.repeat(60_000)],
    ['unclosed objects', '{"a":'.repeat(12_000)],
    ['nested arrays', nested(30_000)],
    ['nested arrays in a property', `{"reason": ${nested(30_000)}}`],
    ['nested objects in an unknown property', `{"b": ${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`],
    ['a number that overflows', '{"overlapSeconds": 1e999}'],
    ['a negative number that overflows', '{"overlapSeconds": -1e999}'],
    ['a number of 60,000 digits', `{"overlapSeconds": ${'9'.repeat(60_000)}}`],
    ['a fraction close to an integer', '{"overlapSeconds": 1.0000001}'],
    ['NaN', '{"overlapSeconds": NaN}'],
    ['a hexadecimal number', '{"overlapSeconds": 0x10}'],
    ['a number with a leading zero', '{"overlapSeconds": 010}'],
    ['a control character in a string', '{"reason": "a\x01b"}'],
    ['NUL in a string', '{"reason": "a\0b"}'],
    ['a comment', '{} // {"overlapSeconds": 0}'],
    ['a trailing comma', '{"overlapSeconds": 0,}'],
    ['a property named like an inherited one', '{"toString": 1}'],
    ['a __proto__ property', '{"__proto__": {"overlapSeconds": 0}}'],
    ['an escaped __proto__ property', '{"\\u005f_proto__": {"overlapSeconds": 0}}'],
    ['a property name with NUL', '{"overlapSeconds\\u0000": 0}'],
    ['a property name in another case', '{"OverlapSeconds": 0}'],
    ['5,000 properties', `{${Array.from({ length: 5_000 }, (_, i) => `"a${i}": 1`).join()}}`],
  ] as const) {
    const { status, body: error } = await send(server, 'PATCH', `${webhook}/secret`, body)
    expect([what, status, Object.keys(error)]).toEqual([what, 400, ['error', 'message', 'code']])
    expect([what, await changes()]).toEqual([what, before])
  }
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)
  expect(server.logs.filter(({ level }) => Number(level) > 30)).toEqual([])
})

test('a body of six megabytes of brackets returns 400, and the next request succeeds', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (const body of ['['.repeat(6_000_000), `{"payload": ${nested(3_000_000)}}`]) {
    expect((await send(server, 'POST', `${webhook}/signatures/verify`, body)).status).toBe(400)
    expect((await server.api('GET', webhook)).status).toBe(200)
  }
})

test('if a body repeats a property, the last value wins, as in JSON.parse', async () => {
  const server = await startServer()
  const body = '{"name": "first", "name": "last"}'
  expect((await send(server, 'PUT', '/applications/app_1', body)).body['name']).toBe('last')
})
