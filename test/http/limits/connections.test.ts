import { expect, onTestFinished, test } from 'vitest'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

/** The server's limit on concurrent requests per connection. */
const maxPipelined = 8

test('closes a connection that pipelines 1,000 requests, after starting at most 8 of them', async () => {
  const server = await startServer()
  const connection = await connectTo(server.origin)
  connection.send(rawRequest('GET', '/openapi.json').repeat(1_000))
  await connection.closed()
  expect((await server.api('GET', '/applications')).status).toBe(200)
  await expect.poll(() => server.logs.at(-1)).toMatchObject({ operationId: 'listApplications' })
  const begun = server.logs.filter(({ msg, operationId }) => msg === 'request' && operationId === undefined)
  expect(begun.length).toBeGreaterThan(0)
  expect(begun.length).toBeLessThanOrEqual(maxPipelined)
})

test('three consecutive batches of 8 pipelined requests succeed on one connection', async () => {
  const connection = await connectTo((await startServer()).origin)
  for (let round = 0; round < 3; round++) {
    connection.send(rawRequest('GET', '/healthz').repeat(maxPipelined))
    for (let i = 0; i < maxPipelined; i++) expect((await connection.answer()).status).toBe(200)
  }
})

test('a request whose body is incomplete at the timeout returns 504, and the server closes the connection', async () => {
  const { origin } = await startServer({ environment: { REKEY_REQUEST_TIMEOUT_MS: '300' } })
  const slow = await connectTo(origin)
  const headers = {
    authorization: `Bearer ${await token()}`,
    'content-type': 'application/json',
    'content-length': 1_000,
  }
  slow.send(rawRequest('PUT', '/api/v1/applications/app_1', headers, '{'))
  expect(await slow.answer()).toMatchObject({ status: 504 })
  const trickle = setInterval(() => {
    slow.send(' ')
  }, 500)
  onTestFinished(() => {
    clearInterval(trickle)
  })
  await slow.closed(15_000)
})
