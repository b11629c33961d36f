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

test('reports proven: true for a receiver with the new secret, after a message signed with a random key and one that differs only in ID, time and signature', async () => {
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
  expect(receiver.messages.map(verifiedWith(fresh))).toEqual([401, 204])
  expect(second.headers['webhook-id']).not.toBe(first.headers['webhook-id'])
  for (const { headers, body } of [first, second]) {
    expect(JSON.parse(body)).toEqual({
      type: 'rekey.probe',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { applicationId: 'app_1', webhookId: 'hook_1', messageId: headers['webhook-id'] },
    })
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
      Reflect.deleteProperty(headers, name)
  }
  expect(second).toEqual({ ...first, body: second.body })
})

test('reports proven: true for a receiver that has the old and the new secret', async () => {
  const server = await startProbeServer()
  const { webhook, old, fresh } = await overlapping(server)
  await setUrl(server, webhook, (await startReceiver(verifiedWith(old, fresh))).url)
  expect(await verdictsOf(server, webhook)).toEqual({ proven: true, verdicts: ['accepted', 'refused'] })
})

test('reports proven: false for a receiver that has only the old secret', async () => {
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
])('reports proven: false if a receiver %s (%d), and the overlap continues', async (_, status, verdict) => {
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
  'reports proven: false for a receiver that accepts the current key but returns %d for a random key',
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

test('a probe of an unreachable, forbidden or untrusted receiver returns 200 with a verdict, and the overlap continues', async () => {
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

test('without REKEY_PROBE_ALLOW, a probe refuses a private address, and the audit trail names that setting', async () => {
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

test('without REKEY_PROBE_ALLOW, a probe tries to connect to a public address', async () => {
  const server = await startServer({ environment: { REKEY_REQUEST_TIMEOUT_MS: '2000' } })
  const { webhook } = await overlapping(server)
  // 3ffe::/16 belonged to the 6bone, which was shut down, so nothing listens at its addresses.
  await setUrl(server, webhook, 'http://[3ffe::1]/')
  const { verdicts } = await verdictsOf(server, webhook)
  expect(verdicts).toEqual(Array(2).fill(expect.stringMatching(/^(no_answer|timed_out)$/)))
})

test('a probe of a receiver that never responds returns a timed_out verdict before the request itself times out', async () => {
  const server = await startProbeServer({ environment: { REKEY_REQUEST_TIMEOUT_MS: '2000' } })
  const { webhook } = await overlapping(server)
  await setUrl(server, webhook, (await startHttpReceiver(() => undefined)).url)
  expect(await verdictsOf(server, webhook)).toEqual({ proven: false, verdicts: ['timed_out', 'timed_out'] })
})

test('the audit trail records a probe that reports proven: false', async () => {
  const server = await startProbeServer()
  const { webhook } = await overlapping(server)
  await setUrl(server, webhook, (await startReceiver(() => 200)).url)
  await probe(server, webhook)
  expect((await events(server, webhook))[0]).toMatchObject({
    type: 'receiver.probed',
    reason: 'not proven: current accepted, random accepted',
  })
})
