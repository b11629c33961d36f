import { expect, test } from 'vitest'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { requestLines } from '../../support/request-lines.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

/** Reads the request counts by operation and status from /metrics. */
async function counts({ origin }: TestServer): Promise<Record<string, number>> {
  const text = await (await fetch(`${origin}/metrics`)).text()
  const lines = text.matchAll(
    /^rekey_request_duration_seconds_count\{operationId="(.*?)",status="(.*?)"\} (\d+)$/gm,
  )
  return Object.fromEntries(
    [...lines].map(([, id = '', status = '', count]) => [`${id} ${status}`, Number(count)]),
  )
}

test('/metrics counts requests by operation and status', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  await server.api('PATCH', `${webhook}/secret`)
  await server.api('PATCH', `${webhook}/secret`, { token: null })
  await server.api('PATCH', `${webhook}/secret`, { body: [] })
  await requestLines(server, 6)
  expect(await counts(server)).toEqual({
    'putApplication 201': 1,
    'putWebhook 201': 1,
    'rotateWebhookSecret 200': 2,
    'rotateWebhookSecret 401': 1,
    'rotateWebhookSecret 400': 1,
  })
})

test('requests that match no operation share the operationId label `none`', async () => {
  const server = await startServer()
  for (const path of ['/nowhere', '/api/v1/nothing', '/api/v1/applications/%zz/x'])
    await fetch(server.origin + path)
  await fetch(`${server.origin}/api/v1/applications`, { method: 'PROPFIND' })
  await requestLines(server, 4)
  expect(await counts(server)).toEqual({ 'none 404': 3, 'none 405': 1 })
})

test('counts a request under the status `none` if its client disconnects before the response', async () => {
  const server = await startServer()
  const connection = await connectTo(server.origin)
  const authorization = `Bearer ${await token()}`
  const headers = { authorization, 'content-type': 'application/json', 'content-length': 50 }
  connection.send(rawRequest('PUT', '/api/v1/applications/app_1', headers, '{'))
  connection.socket.destroy()
  await requestLines(server)
  expect(Object.keys(await counts(server))).toEqual([expect.stringMatching(/ none$/)])
})

test('/metrics uses the Prometheus text format and includes process metrics', async () => {
  const { origin } = await startServer()
  const response = await fetch(`${origin}/metrics`)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  expect(text).toContain('# TYPE rekey_request_duration_seconds histogram')
  expect(text).toContain('process_resident_memory_bytes ')
  expect(text).toContain('nodejs_eventloop_lag_seconds ')
})
