import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { provision, startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const json = 'application/json'

/** Requests a rotation with a raw body. @returns the status, the error message and the number of live keys */
async function rotate(
  body: RequestInit['body'],
  headers: Record<string, string>,
): Promise<[status: number, message: string | undefined, keys: number]> {
  const server = await startServer()
  const webhook = await provision(server)
  const response = await fetch(`${server.origin}/api/v1${webhook}/secret`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${await token()}`, ...headers },
    ...(body !== undefined && { body }),
    duplex: 'half',
  })
  const { message } = (await response.json()) as { message?: string }
  return [response.status, message, (await server.api('GET', webhook)).body.liveKeys]
}

/** Creates a body that is sent in chunks, without a Content-Length. */
function chunked(...parts: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(Buffer.from(part))
      controller.close()
    },
  })
}

test.each([
  ['a request without a body or content type', undefined, undefined],
  ['a content type without a body', undefined, json],
  ['an empty body', '', json],
  ['an empty body with another content type', '', 'text/plain'],
  ['an empty object', '{}', json],
  ['a content type with a charset', '{}', 'application/json; charset=UTF-8'],
  ['a content type in mixed case', '{}', 'Application/JSON'],
  ['a chunked body', chunked('{"overlap', 'Seconds": 60}'), json],
  ['an empty chunked body', chunked(), json],
])('accepts %s', async (_, body, type) => {
  expect(await rotate(body, type === undefined ? {} : { 'content-type': type })).toEqual([200, undefined, 1])
})

test('accepts a body with Content-Encoding identity', async () => {
  const headers = { 'content-type': json, 'content-encoding': 'identity' }
  expect(await rotate('{}', headers)).toEqual([200, undefined, 1])
})

test.each(['gzip', 'deflate', 'br', 'zstd', 'nonsense', 'identity, gzip', 'GZIP'])(
  'a body with Content-Encoding %s returns 415 with `Accept-Encoding: identity`, and changes nothing',
  async (encoding) => {
    const server = await startServer()
    const webhook = await provision(server)
    const response = await fetch(`${server.origin}/api/v1${webhook}/secret`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${await token()}`,
        'content-type': json,
        'content-encoding': encoding,
      },
      body: gzipSync('{"reason": "leaked"}'),
    })
    const message = 'The request body must not be compressed. Send it without Content-Encoding.'
    expect(await response.json()).toEqual({ error: 'Unsupported Media Type', message, code: 415 })
    expect(response.headers.get('accept-encoding')).toBe('identity')
    expect((await server.api('GET', webhook)).body.liveKeys).toBe(0)
  },
)

test.each([
  ['plain text', 'overlapSeconds=0', 'text/plain'],
  ['a form', 'overlapSeconds=0', 'application/x-www-form-urlencoded'],
  [
    'a multipart form',
    '--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--',
    'multipart/form-data; boundary=x',
  ],
  ['JSON sent as text/json', '{}', 'text/json'],
  ['another content type based on JSON', '{}', 'application/merge-patch+json'],
  ['a list of content types', '{}', 'application/json, text/plain'],
  ['a body without a content type', Buffer.from('{}'), undefined],
  ['a chunked body without a content type', chunked('{}'), undefined],
])('%s returns 415 and changes nothing', async (_, body, type) => {
  expect(await rotate(body, type === undefined ? {} : { 'content-type': type })).toEqual([
    415,
    'The Content-Type must be application/json',
    0,
  ])
})

test.each([
  ['a charset other than UTF-8', { 'content-type': 'application/json; charset=utf-16le' }],
  ['an unknown charset', { 'content-type': 'application/json; charset=nonsense' }],
])('%s returns 415 and changes nothing', async (_, headers) => {
  expect(await rotate('{}', headers)).toEqual([
    415,
    'The charset in Content-Type must be utf-8, or omitted',
    0,
  ])
})

test.each([
  '{',
  '{"overlapSeconds": 0',
  "{'overlapSeconds': 0}",
  '{}{}',
  '\0',
  '"text"',
  '1',
  'true',
  'null',
  'NaN',
])('the body %j returns 400 and changes nothing', async (body) => {
  expect(await rotate(body, { 'content-type': json })).toEqual([
    400,
    'The request body must be a JSON object encoded in UTF-8',
    0,
  ])
})

test.each([
  ['a byte that is never valid UTF-8', [0xff]],
  ['half a character', [0xc3]],
  ['a surrogate encoded in UTF-8', [0xed, 0xa0, 0x80]],
  ['a slash in overlong UTF-8', [0xc0, 0xaf]],
])(
  '%s within a body returns 400 and changes nothing, instead of being stored as U+FFFD',
  async (_, bytes) => {
    const body = Buffer.concat([Buffer.from('{"reason": "'), Buffer.from(bytes), Buffer.from('"}')])
    expect(await rotate(body, { 'content-type': json })).toEqual([
      400,
      'The request body must be a JSON object encoded in UTF-8',
      0,
    ])
  },
)

test.each(['"\\ud800"', '"\\udfff\\ud800"', '"a\\uDC00b"'])(
  'the lone surrogate in %s returns 400 and changes nothing',
  async (text) => {
    expect(await rotate(`{"reason": ${text}}`, { 'content-type': json })).toEqual([
      400,
      'body must be valid Unicode, without lone surrogates such as \\ud800',
      0,
    ])
  },
)

test('stores Unicode text unchanged, whether it is sent literally or as \\u escapes', async () => {
  const { api, origin } = await startServer()
  const name = 'Zażółć 日本語 \u{1f511}\u{10ffff}\ufffd \\ud800'
  const headers = { authorization: `Bearer ${await token()}`, 'content-type': json }
  const written = JSON.stringify({ name })
  for (const body of [written, written.replace('\u{1f511}', '\\ud83d\\udd11')]) {
    await fetch(`${origin}/api/v1/applications/app_1`, { method: 'PUT', headers, body })
    expect((await api('GET', '/applications/app_1')).body.name).toBe(name)
    await api('DELETE', '/applications/app_1')
  }
})

test('a JSON array as the body returns 400 and changes nothing', async () => {
  expect(await rotate('[]', { 'content-type': json })).toEqual([400, 'body must be a JSON object', 0])
})

test.each(['{"__proto__": {"overlapSeconds": 0}}', '{"constructor": {"prototype": {"overlapSeconds": 0}}}'])(
  'the body %s returns 400 and does not pollute Object.prototype',
  async (body) => {
    expect((await rotate(body, { 'content-type': json }))[0]).toBe(400)
    expect('overlapSeconds' in {}).toBe(false)
  },
)

test('the error for an unknown property lists the allowed properties, and quotes the unknown name unless it may be a secret', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { status, body } = await server.api('PATCH', `${webhook}/secret`, { body: { whsec_mistaken: 1 } })
  expect([status, body.message]).toEqual([
    400,
    'body has an unknown property; allowed properties: overlapSeconds, endWhenProven, reason, signingSecret',
  ])
  const named = await server.api('PATCH', `${webhook}/secret`, { body: { overlap: 1 } })
  expect(named.body.message).toBe(
    'body has an unknown property `overlap`; allowed properties: overlapSeconds, endWhenProven, reason, signingSecret',
  )
})

test('if an operation has no query parameters, the error for an unknown parameter says so', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { status, body } = await server.api('PATCH', `${webhook}/secret?overlapSeconds=0`)
  expect([status, body.message]).toEqual([
    400,
    'query has an unknown parameter `overlapSeconds`; this operation allows no parameters here',
  ])
})

test('the error for an invalid value in body/headers omits a header name that may be a secret', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (const [value, message] of [
    [1, 'body/headers/* must be a string or an array'],
    [['', 1], 'body/headers/*/1 must be a string'],
  ]) {
    const { status, body } = await server.api('POST', `${webhook}/signatures/verify`, {
      body: { payload: '{}', headers: { [`whsec_${'a'.repeat(43)}=`]: value } },
    })
    expect([status, body.message]).toEqual([400, message])
  }
})

const tooLarge = JSON.stringify({ reason: 'x'.repeat(65_536) })

test.each([
  ['according to its Content-Length', tooLarge],
  ['in total chunk size', chunked(tooLarge.slice(0, 40_000), tooLarge.slice(40_000))],
])(
  'a body that exceeds 64 KiB %s returns 413 with the limit in the message, and changes nothing',
  async (_, body) => {
    const message = 'The request body must not be larger than 65536 bytes'
    expect(await rotate(body, { 'content-type': json })).toEqual([413, message, 0])
  },
)

test('accepts a body of exactly 64 KiB and rejects a body that is one byte larger', async () => {
  const body = '{}'.padEnd(65_536)
  expect(await rotate(body, { 'content-type': json })).toEqual([200, undefined, 1])
  expect((await rotate(`${body} `, { 'content-type': json }))[0]).toBe(413)
})
