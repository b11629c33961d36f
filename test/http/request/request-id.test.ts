import { expect, test } from 'vitest'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { requestLines } from '../../support/request-lines.ts'
import { startServer } from '../../support/server.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test('returns and logs a well-formed X-Request-Id unchanged', async () => {
  const server = await startServer()
  for (const id of ['a', 'order_7.retry-2', 'x'.repeat(128)]) {
    const { headers } = await server.api('GET', '/applications', { headers: { 'x-request-id': id } })
    expect(headers.get('x-request-id')).toBe(id)
  }
  const logged = (await requestLines(server, 3)).map(({ requestId }) => requestId)
  expect(logged).toEqual(['a', 'order_7.retry-2', 'x'.repeat(128)])
})

test('an X-Request-Id that is empty, too long or malformed, or that contains a signing secret, is replaced by a UUID', async () => {
  const server = await startServer()
  const ids = [
    'x'.repeat(129),
    '',
    'a b',
    'a"b',
    'a/b',
    'whsec_MfKQ==',
    'id-whsec_MfKQ',
    'whsk_MfKQ',
    '{"id":1}',
    'ä',
  ]
  for (const id of ids) {
    const { headers } = await server.api('GET', '/applications', { headers: { 'x-request-id': id } })
    expect(headers.get('x-request-id')).toMatch(uuid)
  }
  for (const { requestId } of await requestLines(server, ids.length)) expect(requestId).toMatch(uuid)
})

test('replaces two X-Request-Id headers with a new UUID', async () => {
  const server = await startServer()
  const connection = await connectTo(server.origin)
  connection.send(rawRequest('GET', '/healthz', { 'X-Request-Id': 'a', 'x-request-id': 'b' }))
  expect((await connection.answer()).headers['x-request-id']).toMatch(uuid)
})

test('each response to a request without X-Request-Id has a new, unique X-Request-Id', async () => {
  const server = await startServer()
  const paths = ['/api/v1/applications', '/nowhere', '/healthz', '/metrics', '/openapi.json', '/readyz']
  const answers = await Promise.all(paths.map((path) => fetch(server.origin + path, { method: 'GET' })))
  const refused = await fetch(`${server.origin}/healthz`, { method: 'POST' })
  const ids = [...answers, refused].map(({ headers }) => headers.get('x-request-id'))
  for (const id of ids) expect(id).toMatch(uuid)
  expect(new Set(ids).size).toBe(paths.length + 1)
})
