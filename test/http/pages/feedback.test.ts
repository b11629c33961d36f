import { expect, test } from 'vitest'
import { startServer, type TestServer } from '../../support/server.ts'

function answer(
  { origin }: TestServer,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${origin}/docs/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** Reads the counts of feedback by operation and answer from /metrics. */
async function counted({ origin }: TestServer): Promise<Record<string, number>> {
  const response = await fetch(`${origin}/metrics`)
  expect(response.status).toBe(200)
  const lines = (await response.text()).matchAll(
    /^rekey_page_feedback_total\{operationId="(.*?)",helpful="(.*?)"\} (\d+)$/gm,
  )
  return Object.fromEntries(
    [...lines].map(([, id = '', helpful = '', count]) => [`${id} ${helpful}`, Number(count)]),
  )
}

test('counts and logs feedback without requiring a token or storing personal data', async () => {
  const server = await startServer()
  const response = await answer(server, { helpful: true, operationId: 'rotateWebhookSecret' })
  expect(response.status).toBe(204)
  expect(await response.text()).toBe('')
  await answer(server, { helpful: true, operationId: 'rotateWebhookSecret' })
  await answer(server, { helpful: false, operationId: 'rotateWebhookSecret' })
  await answer(server, { helpful: false })
  expect(await counted(server)).toEqual({
    'rotateWebhookSecret yes': 2,
    'rotateWebhookSecret no': 1,
    'none no': 1,
  })
  const lines = server.logs.filter(({ msg }) => msg === 'page feedback')
  expect(lines).toHaveLength(4)
  expect(Object.keys(lines[0] ?? {}).sort()).toEqual([
    'helpful',
    'hostname',
    'level',
    'msg',
    'operationId',
    'pid',
    'time',
  ])
  expect(lines[3]).toMatchObject({ helpful: false, operationId: 'none' })
})

test.each([
  ['a missing answer', {}],
  ['an answer that is not a boolean', { helpful: 'yes' }],
  ['an unknown operation', { helpful: true, operationId: 'nothing' }],
  ['an operation named like an inherited property', { helpful: true, operationId: 'constructor' }],
  ['an empty operation', { helpful: true, operationId: '' }],
  ['a null operation', { helpful: true, operationId: null }],
  ['an unknown property', { helpful: true, comment: 'a text' }],
  ['an array', [{ helpful: true }]],
  ['a truncated object', '{"helpful": true'],
  ['an empty body', ''],
])('%s returns 400 and is not counted', async (_, body) => {
  const server = await startServer()
  const response = await answer(server, body)
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: 'Bad Request', message: expect.any(String), code: 400 })
  expect(await counted(server)).toEqual({})
})

test('a body that is not JSON returns 415, and a body over 1 KiB returns 413', async () => {
  const server = await startServer()
  expect((await answer(server, { helpful: true }, { 'content-type': 'text/plain' })).status).toBe(415)
  expect((await answer(server, ' '.repeat(1_025))).status).toBe(413)
  expect(await counted(server)).toEqual({})
})

test('the 21st feedback request from one address returns 429 with Retry-After', async () => {
  const server = await startServer()
  const one = { 'x-forwarded-for': '192.0.2.1' }
  for (let count = 0; count < 20; count++)
    expect((await answer(server, { helpful: true }, one)).status).toBe(204)
  const refused = await answer(server, { helpful: true }, one)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json()).toMatchObject({ error: 'Too Many Requests', code: 429 })
  expect((await answer(server, { helpful: true }, { 'x-forwarded-for': '192.0.2.2' })).status).toBe(204)
  expect(await counted(server)).toEqual({ 'none yes': 21 })
})

test.each([
  ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
  ['a page of another host of the same site', { 'sec-fetch-site': 'same-site' }],
  ['another origin, in a browser without Sec-Fetch-Site', { origin: 'https://evil.example' }],
  ['a page with an opaque origin', { origin: 'null' }],
])('feedback from %s returns 403 and is not counted', async (_, headers) => {
  const server = await startServer()
  const response = await answer(server, { helpful: true }, headers)
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ error: 'Forbidden', code: 403 })
  expect(await counted(server)).toEqual({})
})

test('accepts feedback from a page of the same origin', async () => {
  const server = await startServer()
  expect((await answer(server, { helpful: true }, { 'sec-fetch-site': 'same-origin' })).status).toBe(204)
  expect((await answer(server, { helpful: true }, { origin: server.origin })).status).toBe(204)
})

test('GET /docs/feedback returns 405 with `Allow: POST`', async () => {
  const server = await startServer()
  const response = await fetch(`${server.origin}/docs/feedback`)
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('POST')
})
