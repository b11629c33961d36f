import { expect, onTestFinished, test } from 'vitest'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

/** The most requests of one connection that are under way at the same time. */
const maxPipelined = 8

test('a packet full of requests is the end of its connection, and costs no more than a few of them', async () => {
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

test('as many requests as may be under way are answered in one go, and then as many again', async () => {
  const connection = await connectTo((await startServer()).origin)
  for (let round = 0; round < 3; round++) {
    connection.send(rawRequest('GET', '/healthz').repeat(maxPipelined))
    for (let i = 0; i < maxPipelined; i++) expect((await connection.answer()).status).toBe(200)
  }
})

test('a body that does not end before the deadline is answered with 504, and what comes of it later is cut off', async () => {
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
