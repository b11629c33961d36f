import { expect, test } from 'vitest'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

/** Sends the target unchanged. Ordinary HTTP clients would resolve its dot segments. @returns the response's status */
async function statusOf({ origin }: TestServer, method: string, target: string): Promise<number> {
  const connection = await connectTo(origin)
  connection.send(rawRequest(method, target, { authorization: `Bearer ${await token()}` }))
  return (await connection.answer({ withoutBody: method === 'HEAD' })).status
}

test.each([
  '/',
  '/api',
  '/api/v1',
  '/api/v1/',
  '/api/v2/applications',
  '/api/v10/applications',
  '/applications',
  '/API/v1/applications',
  '/api/v1/Applications',
  '/api/v1/applications/',
  '//api/v1/applications',
  '/api//v1/applications',
  '/api/v1//applications',
  '/api/v1/applications//webhooks',
  '/api/v1/applications/app_1/webhooks/hook_1/secret/',
  '/api/v1/applications/app_1/webhooks/hook_1/nothing',
  '/api/v1/nothing/../applications',
  '/api/v1/applications/app_1/../../applications',
  '/x/../api/v1/applications',
  '/api/v1/./applications',
  '/%61pi/v1/applications',
  '/api/v1/__proto__',
  '/toString',
  '*',
])('the unknown path %s returns 404', async (target) => {
  expect(await statusOf(await startServer(), 'GET', target)).toBe(404)
})

test('a request target can be a path, a path with an empty query or an absolute URL', async () => {
  const server = await startServer()
  expect(await statusOf(server, 'GET', '/api/v1/applications')).toBe(200)
  expect(await statusOf(server, 'GET', '/api/v1/applications?')).toBe(200)
  expect(await statusOf(server, 'GET', 'http://REKEY.test/api/v1/applications')).toBe(200)
})

test.each([
  '%zz',
  '%',
  '%00',
  'a%2Fb',
  'app_1%2Fwebhooks%2Fhook_1',
  '%E4',
  '%C3%A4',
  'a%20b',
  'a+b',
  '%252e',
  '.',
  '..',
  '%2e%2E',
  '...',
])('the invalid ID %s returns 400', async (segment) => {
  const server = await startServer()
  expect(await statusOf(server, 'GET', `/api/v1/applications/${segment}`)).toBe(400)
  expect(await statusOf(server, 'PATCH', `/api/v1/applications/app_1/webhooks/${segment}/secret`)).toBe(400)
})

test('accepts percent-encoded IDs', async () => {
  const server = await startServer()
  await provision(server)
  expect(await statusOf(server, 'GET', '/api/v1/applications/%61pp%5f1/webhooks/hook%5F1')).toBe(200)
})

test.each(['POST', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'])(
  "%s on a path that does not support it returns 405 with the path's methods in the Allow header",
  async (method) => {
    const server = await startServer()
    const connection = await connectTo(server.origin)
    connection.send(rawRequest(method, '/api/v1/applications/app_1'))
    const { status, headers } = await connection.answer()
    expect([status, headers['allow']]).toEqual([405, 'DELETE, GET, HEAD, PUT'])
  },
)

test('HEAD returns the same status and headers as GET, without a body', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  for (const path of [
    '/applications',
    `${webhook}/secret`,
    '/applications/nobody',
    '/applications?limit=0',
  ]) {
    const [get, head] = [await server.api('GET', path), await server.api('HEAD', path)]
    expect(head.status).toBe(get.status)
    expect(head.text).toBe('')
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
      expect(head.headers.get(name)).toBe(get.headers.get(name))
  }
})

test('HEAD requires the same token and scope as GET', async () => {
  const server = await startServer()
  expect((await server.api('HEAD', '/applications', { token: null })).status).toBe(401)
  const narrow = await token({ scope: 'webhooks:read' })
  expect((await server.api('HEAD', '/applications', { token: narrow })).status).toBe(403)
})

test.each([
  'limit=0',
  'limit=101',
  'limit=-1',
  'limit=1.5',
  'limit=ten',
  'limit=',
  'limit=1&limit=2',
  'limit[]=1',
  'limit=1e999',
  'limit=NaN',
  'limit=0x10',
  'limit=1e1',
  'limit=1.0',
  'limit=+5',
  'limit=5%20',
  `limit=${'9'.repeat(400)}`,
  'limit=1?',
  'limit=%31%zz',
  'cursor=',
  'cursor=%00',
  'cursor=a&cursor=b',
  'cursor=YQ==',
  `cursor=${'a'.repeat(201)}`,
  'page=2',
  'LIMIT=1',
  '__proto__=1',
  '__proto__[limit]=1',
  'constructor=1',
  'toString',
  '=',
])('the invalid query %s returns 400', async (query) => {
  const { api } = await startServer()
  const { status, body } = await api('GET', `/applications?${query}`)
  expect(status).toBe(400)
  expect(body.message).toMatch(/^query/)
})

test('accepts the minimum limit of 1 and the maximum limit of 100', async () => {
  const { api } = await startServer()
  for (const query of ['limit=1', 'limit=100'])
    expect((await api('GET', `/applications?${query}`)).status).toBe(200)
})

test('an operation without query parameters returns 400 for any query parameter and changes nothing', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  expect((await server.api('PATCH', `${webhook}/secret?overlapSeconds=0`)).status).toBe(400)
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(0)
})
