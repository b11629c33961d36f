import type { IncomingHttpHeaders } from 'node:http'
import { expect, test } from 'vitest'
import { overlapping, setUrl, startProbeServer } from '../../support/probes.ts'
import { json, startJwksServer } from '../../support/jwks-server.ts'
import { startWith } from '../../support/one-issuer.ts'
import { startReceiver, verifiedWith } from '../../support/receivers.ts'
import { requestLines } from '../../support/request-lines.ts'
import { startServer } from '../../support/server.ts'
import { createSigner, signedBy } from '../../support/signers.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${parentId}-01`

test('the log line has the trace_id and span_id of a valid traceparent, even if the request is rejected', async () => {
  const server = await startServer()
  await server.api('GET', '/applications', { headers: { traceparent } })
  await server.api('GET', '/applications', { token: null, headers: { traceparent } })
  await fetch(`${server.origin}/nowhere`, { headers: { traceparent } })
  const lines = await requestLines(server, 3)
  expect(lines.map(({ status }) => status)).toEqual([200, 401, 404])
  for (const line of lines) expect(line).toMatchObject({ trace_id: traceId, span_id: parentId })
})

test('without a valid traceparent, the log line has neither field and no part of the header', async () => {
  const server = await startServer()
  const invalid = [`ff${traceparent.slice(2)}`, traceparent.toUpperCase(), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZI']
  for (const text of invalid)
    expect((await fetch(`${server.origin}/healthz`, { headers: { traceparent: text } })).status).toBe(200)
  await fetch(`${server.origin}/healthz`, { headers: { tracestate: 'vendor=1' } })
  for (const line of await requestLines(server, 4)) {
    expect(line).not.toHaveProperty('trace_id')
    expect(line).not.toHaveProperty('span_id')
  }
  expect(JSON.stringify(server.logs)).not.toMatch(/4BF92F35|ff-4bf9|vendor|MfKQ/)
})

test('every message of a probe continues the trace, each with a parent ID of its own', async () => {
  const server = await startProbeServer()
  const { webhook, fresh } = await overlapping(server)
  const receiver = await startReceiver(verifiedWith(fresh))
  await setUrl(server, webhook, receiver.url)
  const headers = { traceparent, tracestate: 'vendor=1' }
  const { body } = await server.api('POST', `${webhook}/probes`, { headers })
  expect(body.proven).toBe(true)
  const sent = receiver.messages.map((message) => String(message.headers['traceparent']))
  expect(sent).toHaveLength(2)
  for (const text of sent) expect(text).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
  expect(new Set([traceparent, ...sent]).size).toBe(3)
  expect(receiver.messages.map((message) => message.headers['tracestate'])).toEqual(['vendor=1', 'vendor=1'])
})

test('a probe without a valid traceparent sends no trace headers', async () => {
  const server = await startProbeServer()
  const { webhook, fresh } = await overlapping(server)
  const receiver = await startReceiver(verifiedWith(fresh))
  await setUrl(server, webhook, receiver.url)
  await server.api('POST', `${webhook}/probes`, { headers: { traceparent: 'no', tracestate: 'vendor=1' } })
  expect(receiver.messages).toHaveLength(2)
  for (const { headers } of receiver.messages) {
    expect(headers).not.toHaveProperty('traceparent')
    expect(headers).not.toHaveProperty('tracestate')
  }
})

test("fetching an identity provider's keys continues the trace of the request that caused it", async () => {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer()
  const fetched: IncomingHttpHeaders[] = []
  issuer.answer((request, response) => {
    fetched.push(request.headers)
    json({ keys: [signer.jwk] })(request, response)
  })
  const server = await startWith(issuer)
  const bearer = await signedBy(signer)
  await server.api('GET', '/applications', { token: bearer, headers: { traceparent } })
  await server.api('GET', '/applications', { token: bearer })
  expect(fetched).toHaveLength(1)
  expect(fetched[0]?.['traceparent']).toMatch(new RegExp(`^00-${traceId}-(?!${parentId})[0-9a-f]{16}-01$`))
})
