import { expect, test } from 'vitest'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const path = '/api/v1/applications/app_1'
const json = { 'content-type': 'application/json', 'content-length': 2, expect: '100-continue' }
const authorization = `Bearer ${await token()}`

test.each([
  [400, 'PUT', path, { host: 'a, b#c', 'transfer-encoding': 'gzip, chunked' }],
  [400, 'PUT', '/api/v1/applications/a%20b', { authorization }],
  [400, 'PATCH', `${path}/webhooks/hook_1/secret`, { authorization, 'idempotency-key': 'x'.repeat(300) }],
  [400, 'PUT', path, { authorization, 'if-none-match': '*' }],
  [401, 'PUT', path, {}],
  [403, 'PUT', path, { authorization: `Bearer ${await token({ applications: ['app_2'] })}` }],
  [404, 'PUT', '/api/v1/nowhere', { authorization }],
  [405, 'POST', path, { authorization }],
  [413, 'PUT', path, { authorization, 'content-length': 999_999 }],
  [415, 'PUT', path, { authorization, 'content-type': 'text/plain' }],
  [415, 'PUT', path, { authorization, 'content-encoding': 'compress' }],
])(
  'a request whose head alone causes a %i gets no 100 response, and its connection is closed (%s %s %j)',
  async (status, method, target, headers) => {
    const connection = await connectTo((await startServer()).origin)
    connection.send(rawRequest(method, target, { ...json, ...headers }))
    const answer = await connection.answer()
    expect([answer.status, answer.headers['connection']]).toEqual([status, 'close'])
    expect(await connection.closed()).toBe('')
  },
)

test('an acceptable request gets a 100 response before its body is read, and then the final response', async () => {
  const connection = await connectTo((await startServer()).origin)
  for (const status of [201, 200]) {
    connection.send(rawRequest('PUT', path, { ...json, authorization }))
    expect((await connection.answer({ withoutBody: true })).status).toBe(100)
    connection.send('{}')
    expect((await connection.answer()).status).toBe(status)
  }
})

test('an operation that takes no body never sends a 100 response', async () => {
  const connection = await connectTo((await startServer()).origin)
  connection.send(rawRequest('GET', '/api/v1/applications', { ...json, authorization }))
  expect((await connection.answer()).status).toBe(200)
  expect(await connection.closed()).toBe('')
})
