import { expect, test } from 'vitest'
import { startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

test.each([
  [400, 'Bad Request', 'GET', '/applications?limit=0', undefined],
  [404, 'Not Found', 'GET', '/applications/app_1', undefined],
  [404, 'Not Found', 'GET', '/nowhere', undefined],
  [405, 'Method Not Allowed', 'POST', '/applications', undefined],
  [413, 'Content Too Large', 'PUT', '/applications/app_1', { name: 'x'.repeat(65_536) }],
])('a %d %s response has error, message and code (%s %s)', async (status, error, method, path, body) => {
  const { api } = await startServer()
  const answer = await api(method, path, { body })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(answer.body).toEqual({ error, message: expect.stringMatching(/\w/), code: status })
})

test("a 405 response lists the path's methods in the Allow header", async () => {
  const { api } = await startServer()
  const allow = async (method: string, path: string) => (await api(method, path)).headers.get('allow')
  expect(await allow('POST', '/applications')).toBe('GET, HEAD')
  expect(await allow('PATCH', '/applications/app_1')).toBe('DELETE, GET, HEAD, PUT')
  expect(await allow('OPTIONS', '/applications/app_1/webhooks/hook_1/secret')).toMatch(/GET, HEAD, PATCH/)
})

test('an unsupported method returns 405 and an unknown path returns 404, even without a token', async () => {
  const { api } = await startServer()
  expect((await api('POST', '/applications', { token: null })).status).toBe(405)
  expect((await api('GET', '/nowhere', { token: null })).status).toBe(404)
})

test('an internal error returns a 500 without details, and logs its cause without the secret or the token', async () => {
  const secret = `whsec_${Buffer.from('a secret of the receiver').toString('base64')}`
  let broken = false
  const server = await startServer({
    now: () => {
      if (broken) throw new Error('the clock stands still')
      return Date.now()
    },
  })
  await server.api('PUT', '/applications/app_1')
  await server.api('PUT', '/applications/app_1/webhooks/hook_1', {
    body: { url: 'https://merchant.example' },
  })
  const bearer = await token()
  broken = true
  const answer = await server.api('PATCH', '/applications/app_1/webhooks/hook_1/secret', {
    token: bearer,
    body: { signingSecret: secret },
    headers: { 'x-request-id': 'the-broken-one' },
  })
  expect(answer.status).toBe(500)
  expect(answer.body).toEqual({
    error: 'Internal Server Error',
    message: "The server failed. For details, search the server log for this response's X-Request-Id.",
    code: 500,
  })
  const line = server.logs.find(({ level }) => level === 50)
  expect(line).toMatchObject({
    requestId: 'the-broken-one',
    cause: {
      type: 'Error',
      message: 'the clock stands still',
      stack: expect.stringContaining('error-response'),
    },
  })
  const log = JSON.stringify(server.logs)
  expect(log).not.toContain(secret)
  expect(log).not.toContain(bearer)
})

test('after an internal error returns 500, the next request succeeds', async () => {
  let broken = false
  const { api } = await startServer({
    now: () => {
      if (broken) throw new Error('once')
      return Date.now()
    },
  })
  broken = true
  expect((await api('GET', '/applications')).status).toBe(500)
  broken = false
  expect((await api('GET', '/applications')).status).toBe(200)
})
