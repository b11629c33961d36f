import { expect, test } from 'vitest'
import { watchChanges } from '../../support/changes.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

/** Sends a body as it is, and gives the answer's status and how it reads. */
async function send({ origin }: TestServer, method: string, path: string, body: string | Buffer) {
  const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' }
  const response = await fetch(`${origin}/api/v1${path}`, { method, headers, body })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('a body that tries the parser is answered with 400 and changes nothing', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const changes = watchChanges(server)
  const before = await changes()
  const plain = '{"overlapSeconds": 0}'
  for (const [what, body] of [
    ['a byte order mark', `\ufeff${plain}`],
    ['UTF-16', Buffer.from(plain, 'utf16le')],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${plain}`, 'utf16le')],
    ['UTF-16, the other way round', Buffer.from(plain, 'utf16le').swap16()],
    ['arrays that never end', '['.repeat(60_000)],
    ['objects that never end', '{"a":'.repeat(12_000)],
    ['arrays within arrays', nested(30_000)],
    ['arrays within a property', `{"reason": ${nested(30_000)}}`],
    ['objects within an unknown property', `{"b": ${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`],
    ['a number past infinity', '{"overlapSeconds": 1e999}'],
    ['a number below infinity', '{"overlapSeconds": -1e999}'],
    ['a number of 60,000 digits', `{"overlapSeconds": ${'9'.repeat(60_000)}}`],
    ['a fraction that is hardly one', '{"overlapSeconds": 1.0000001}'],
    ['no number', '{"overlapSeconds": NaN}'],
    ['a number in hexadecimal', '{"overlapSeconds": 0x10}'],
    ['a number that begins with zero', '{"overlapSeconds": 010}'],
    ['a control character in a text', '{"reason": "a\x01b"}'],
    ['NUL in a text', '{"reason": "a\0b"}'],
    ['a comment', '{} // {"overlapSeconds": 0}'],
    ['a comma too many', '{"overlapSeconds": 0,}'],
    ['a property of every object', '{"toString": 1}'],
    ['a prototype', '{"__proto__": {"overlapSeconds": 0}}'],
    ['a prototype, escaped', '{"\\u005f_proto__": {"overlapSeconds": 0}}'],
    ['a property with a strange name', '{"overlapSeconds\\u0000": 0}'],
    ['a property in another case', '{"OverlapSeconds": 0}'],
    ['5,000 properties', `{${Array.from({ length: 5_000 }, (_, i) => `"a${i}": 1`).join()}}`],
  ] as const) {
    const { status, body: error } = await send(server, 'PATCH', `${webhook}/secret`, body)
    expect([what, status, Object.keys(error)]).toEqual([what, 400, ['error', 'message', 'code']])
    expect([what, await changes()]).toEqual([what, before])
  }
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)
  expect(server.logs.filter(({ level }) => Number(level) > 30)).toEqual([])
})

test('six megabytes of brackets are refused, and others are served at once after', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (const body of ['['.repeat(6_000_000), `{"payload": ${nested(3_000_000)}}`]) {
    expect((await send(server, 'POST', `${webhook}/signatures/verify`, body)).status).toBe(400)
    expect((await server.api('GET', webhook)).status).toBe(200)
  }
})

test('of two properties with one name the last counts, as everywhere in JSON.parse', async () => {
  const server = await startServer()
  const body = '{"name": "first", "name": "last"}'
  expect((await send(server, 'PUT', '/applications/app_1', body)).body['name']).toBe('last')
})
