import { expect, test } from 'vitest'
import {
  events,
  liveKeys,
  overlapping,
  probe,
  setUrl,
  startProbeServer,
  verdictsOf,
} from '../support/probes.ts'
import {
  certificateFor,
  startHttpReceiver,
  startHttpsReceiver,
  startReceiver,
  startTcpReceiver,
  verifiedWith,
  type ReceivedMessage,
} from '../support/receivers.ts'
import { startServer } from '../support/server.ts'

test('a receiver with the new secret is proven by messages that differ only in ID and signature', async () => {
  const server = await startProbeServer()
  const { webhook, fresh } = await overlapping(server)
  const receiver = await startReceiver(verifiedWith(fresh))
  const { body: state } = await setUrl(server, webhook, receiver.url)
  const { status, body } = await probe(server, webhook)
  expect(status).toBe(200)
  const timeMs = expect.any(Number)
  expect(body).toEqual({
    proven: true,
    messages: [
      {
        signedWith: 'current',
        keyFingerprint: state.keyFingerprint,
        expected: 'accepted',
        verdict: 'accepted',
        status: 204,
        timeMs,
      },
      {
        signedWith: 'random',
        keyFingerprint: null,
        expected: 'refused',
        verdict: 'refused',
        status: 401,
        timeMs,
      },
    ],
    revokedKeys: [],
  })
  expect(await liveKeys(server, webhook)).toBe(2)

  const [first, second] = receiver.messages as [ReceivedMessage, ReceivedMessage]
  expect(receiver.messages).toHaveLength(2)
  const differ = ['webhook-id', 'webhook-signature']
  for (const name of differ) {
    expect(first.headers[name]).not.toBe(second.headers[name])
    Reflect.deleteProperty(first.headers, name)
    Reflect.deleteProperty(second.headers, name)
  }
  expect(second).toEqual(first)
  expect(JSON.parse(first.body)).toEqual({
    type: 'rekey.probe',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    data: { applicationId: 'app_1', webhookId: 'hook_1' },
  })
})

test('a receiver with both secrets is proven', async () => {
  const server = await startProbeServer()
  const { webhook, old, fresh } = await overlapping(server)
  await setUrl(server, webhook, (await startReceiver(verifiedWith(old, fresh))).url)
  expect(await verdictsOf(server, webhook)).toEqual({ proven: true, verdicts: ['accepted', 'refused'] })
})

test('a receiver with only the old secret is not proven', async () => {
  const server = await startProbeServer()
  const { webhook, old } = await overlapping(server)
  await setUrl(server, webhook, (await startReceiver(verifiedWith(old))).url)
  expect(await verdictsOf(server, webhook)).toEqual({ proven: false, verdicts: ['refused', 'refused'] })
})

test.each([
  ['accepts every message', 200, 'accepted'],
  ['refuses every message', 400, 'refused'],
  ['does not know the path', 404, 'refused'],
  ['redirects', 307, 'inconclusive'],
  ['fails', 500, 'inconclusive'],
  ['is down behind a proxy', 503, 'inconclusive'],
  ['times out', 408, 'inconclusive'],
  ['refuses early data', 425, 'inconclusive'],
  ['limits the rate', 429, 'inconclusive'],
])('a receiver that %s (%d) is not proven, and the overlap continues', async (_, status, verdict) => {
  const server = await startProbeServer()
  const { webhook } = await overlapping(server)
  await setUrl(server, webhook, (await startReceiver(() => status)).url)
  const { body } = await probe(server, webhook, { endOverlap: true })
  expect(body).toMatchObject({
    proven: false,
    messages: [
      { verdict, status },
      { verdict, status },
    ],
    revokedKeys: [],
  })
  expect(await liveKeys(server, webhook)).toBe(2)
})

test.each([429, 500, 302])(
  'a receiver that accepts the current key and returns %d for a random key is not proven',
  async (status) => {
    const server = await startProbeServer()
    const { webhook, fresh } = await overlapping(server)
    const verified = verifiedWith(fresh)
    const { url } = await startReceiver((message) => (verified(message) === 204 ? 204 : status))
    await setUrl(server, webhook, url)
    const outcome = await verdictsOf(server, webhook)
    expect(outcome).toEqual({ proven: false, verdicts: ['accepted', 'inconclusive'] })
  },
)

test.each(['000', '099', '600', '999'])('reports the invalid status %s unchanged', async (status) => {
  const server = await startProbeServer()
  const { webhook } = await overlapping(server)
  const receiver = await startTcpReceiver((socket) => {
    socket.once('data', () => socket.end(`HTTP/1.1 ${status} Odd\r\n\r\n`))
  })
  await setUrl(server, webhook, receiver.url)
  const { body } = await probe(server, webhook)
  expect(body.messages[0]).toMatchObject({ verdict: 'inconclusive', status: Number(status) })
})

test('an unreachable, forbidden or untrusted receiver gets a verdict, not an error response', async () => {
  const server = await startProbeServer()
  const { webhook } = await overlapping(server)
  const closing = await startTcpReceiver((socket) => socket.destroy())
  const certificate = await certificateFor({ ip: '127.0.0.1' })
  const selfSigned = await startHttpsReceiver((_, response) => response.end(), certificate)
  const elsewhere = await startReceiver(() => 200)
  for (const [url, verdict] of [
    [closing.url, 'no_answer'],
    [selfSigned.url, 'tls_failed'],
    ['https://no-such-host.invalid/', 'unresolved'],
    ['http://169.254.169.254/latest/meta-data/', 'url_refused'],
    [`http://[::ffff:127.0.0.2]:${elsewhere.port}/`, 'url_refused'],
    [`http://2130706434:${elsewhere.port}/`, 'url_refused'],
  ] as const) {
    await setUrl(server, webhook, url)
    const { status, body } = await probe(server, webhook, { endOverlap: true })
    expect([url, status, body]).toMatchObject([
      url,
      200,
      { proven: false, messages: Array(2).fill({ verdict, status: null }), revokedKeys: [] },
    ])
  }
  expect(elsewhere.connections()).toBe(0)
  expect(await liveKeys(server, webhook)).toBe(2)
})

test('private addresses are refused unless the configuration allows them', async () => {
  const server = await startServer()
  const { webhook, fresh } = await overlapping(server)
  const receiver = await startReceiver(verifiedWith(fresh))
  await setUrl(server, webhook, receiver.url)
  const outcome = await verdictsOf(server, webhook)
  expect(outcome).toEqual({ proven: false, verdicts: ['url_refused', 'url_refused'] })
  expect((await events(server, webhook))[0]).toMatchObject({
    reason: 'not proven: current url_refused, random url_refused; see REKEY_PROBE_ALLOW',
  })
  expect(receiver.connections()).toBe(0)
})

test('public addresses are allowed without configuration', async () => {
  const server = await startServer({ environment: { REKEY_REQUEST_TIMEOUT_MS: '2000' } })
  const { webhook } = await overlapping(server)
  // 3ffe::/16 belonged to the 6bone, which was shut down, so nothing listens at its addresses.
  await setUrl(server, webhook, 'http://[3ffe::1]/')
  const { verdicts } = await verdictsOf(server, webhook)
  expect(verdicts).toEqual(Array(2).fill(expect.stringMatching(/^(no_answer|timed_out)$/)))
})

test('a slow receiver gets a timed_out verdict and does not time out the request', async () => {
  const server = await startProbeServer({ environment: { REKEY_REQUEST_TIMEOUT_MS: '2000' } })
  const { webhook } = await overlapping(server)
  await setUrl(server, webhook, (await startHttpReceiver(() => undefined)).url)
  expect(await verdictsOf(server, webhook)).toEqual({ proven: false, verdicts: ['timed_out', 'timed_out'] })
})

test('the audit trail also records a probe that proves nothing', async () => {
  const server = await startProbeServer()
  const { webhook } = await overlapping(server)
  await setUrl(server, webhook, (await startReceiver(() => 200)).url)
  await probe(server, webhook)
  expect((await events(server, webhook))[0]).toMatchObject({
    type: 'receiver.probed',
    reason: 'not proven: current accepted, random accepted',
  })
})
