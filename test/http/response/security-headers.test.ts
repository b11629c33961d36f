import { expect, test } from 'vitest'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { provision, startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const expected = {
  // A response with an ETag adds `, no-transform`.
  'cache-control': expect.stringMatching(/^no-store/) as unknown,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

test('every response has the security headers and does not name the server software', async () => {
  let broken = false
  const server = await startServer({
    now: () => {
      if (broken) throw new Error('broken')
      return Date.now()
    },
  })
  const webhook = `/api/v1${await provision(server)}`
  const authorization = `Bearer ${await token()}`
  const narrow = `Bearer ${await token({ scope: 'webhooks:read' })}`
  const text = { authorization, 'content-type': 'text/plain' }
  const requests: [number, string, string, Record<string, string>?, string?][] = [
    [200, 'GET', '/api/v1/applications', { authorization }],
    [201, 'PUT', '/api/v1/applications/app_2', { authorization }],
    [204, 'DELETE', '/api/v1/applications/app_2', { authorization }],
    [200, 'PATCH', `${webhook}/secret`, { authorization }],
    [400, 'GET', '/api/v1/applications?limit=0', { authorization }],
    [401, 'GET', '/api/v1/applications'],
    [403, 'GET', '/api/v1/applications', { authorization: narrow }],
    [404, 'GET', '/nowhere'],
    [405, 'POST', '/api/v1/applications'],
    [413, 'PATCH', `${webhook}/secret`, { ...text, 'content-type': 'application/json' }, 'x'.repeat(65_537)],
    [415, 'PATCH', `${webhook}/secret`, text, 'text'],
    [200, 'GET', '/healthz'],
    [200, 'GET', '/readyz'],
    [200, 'GET', '/metrics'],
    [200, 'GET', '/openapi.json'],
    [200, 'GET', '/openapi-3.0.json'],
    [405, 'DELETE', '/healthz'],
    [500, 'GET', '/api/v1/applications', { authorization }],
  ]
  for (const [status, method, path, headers = {}, body = null] of requests) {
    broken = status === 500
    const answer = await fetch(server.origin + path, { method, headers, body })
    expect(answer.status, `${method} ${path}`).toBe(status)
    expect(Object.fromEntries(answer.headers), `${method} ${path}`).toMatchObject(expected)
    expect(answer.headers.has('x-powered-by') || answer.headers.has('server')).toBe(false)
  }
})

test('the error response to bytes that are not HTTP has the security headers', async () => {
  const { origin } = await startServer()
  const connection = await connectTo(origin)
  connection.send('nonsense\r\n\r\n')
  expect((await connection.answer()).headers).toMatchObject(expected)
})

test('the 431 response to a header over 32 KiB has the security headers', async () => {
  const { origin } = await startServer()
  const connection = await connectTo(origin)
  connection.send(rawRequest('GET', '/healthz', { 'x-long': 'x'.repeat(40_000) }))
  expect(await connection.answer()).toMatchObject({ status: 431, headers: expected })
})
