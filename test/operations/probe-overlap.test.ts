import { expect, test } from 'vitest'
import {
  events,
  eventTypes,
  liveKeys,
  newSecret,
  overlapping,
  probe,
  rotate,
  setUrl,
  startProbeServer,
  verdictsOf,
} from '../support/probes.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { startReceiver, verifiedWith } from '../support/receivers.ts'
import { provision, type TestServer } from '../support/server.ts'

/**
 * Creates a webhook that is in an overlap. Its receiver has only the new secret, and calls `act` before it accepts a
 * message.
 */
async function overlappingWhile(server: TestServer, act: (webhook: WebhookPath) => Promise<unknown>) {
  const { webhook, fresh } = await overlapping(server)
  const verified = verifiedWith(fresh)
  const receiver = await startReceiver(async (message) => {
    const status = verified(message)
    if (status === 204) await act(webhook)
    return status
  })
  await setUrl(server, webhook, receiver.url)
  return webhook
}

test('endOverlap revokes the previous keys if the probe reports proven: true, and records a probe and a revocation event', async () => {
  const server = await startProbeServer()
  const { webhook, old, fresh } = await overlapping(server)
  const { body: before } = await server.api('GET', `${webhook}/secret`)
  await setUrl(server, webhook, (await startReceiver(verifiedWith(fresh))).url)
  const headers = { 'x-request-id': 'the-probe' }
  const { body, text } = await server.api('POST', `${webhook}/probes`, {
    body: { endOverlap: true },
    headers,
  })
  expect(body).toMatchObject({ proven: true, revokedKeys: [before.previous[0]?.keyFingerprint] })
  const { body: after } = await server.api('GET', `${webhook}/secret`)
  expect(after).toMatchObject({ current: before.current, previous: [{ state: 'revoked' }] })
  expect(await liveKeys(server, webhook)).toBe(1)

  const [revoked, probed] = await events(server, webhook)
  expect(probed).toMatchObject({
    type: 'receiver.probed',
    reason: 'proven: current accepted, random refused',
    key: { id: before.current?.id },
    endedKeys: [],
    actor: 'tester',
    requestId: 'the-probe',
  })
  expect(revoked).toMatchObject({
    type: 'secret.previous_revoked',
    endedKeys: [{ id: before.previous[0]?.id }],
    requestId: 'the-probe',
  })

  for (const secret of [old, fresh]) {
    expect(text).not.toContain(secret.slice(6))
    expect(JSON.stringify(server.logs)).not.toContain(secret.slice(6))
  }
})

test('with endOverlap but without an overlap, a probe reports proven: true and revokes nothing', async () => {
  const server = await startProbeServer()
  const webhook = await provision(server)
  const secret = await newSecret(server, webhook)
  await setUrl(server, webhook, (await startReceiver(verifiedWith(secret))).url)
  expect((await probe(server, webhook, { endOverlap: true })).body).toMatchObject({
    proven: true,
    revokedKeys: [],
  })
  expect((await eventTypes(server, webhook))[0]).toBe('receiver.probed')
})

test('if a rotation runs during a probe with endOverlap, the probe returns 409 and revokes nothing', async () => {
  const server = await startProbeServer()
  let during: (webhook: WebhookPath) => Promise<unknown> = () => Promise.resolve()
  const webhook = await overlappingWhile(server, (webhook) => during(webhook))

  during = () => rotate(server, webhook)
  const raced = await probe(server, webhook, { endOverlap: true })
  expect([raced.status, raced.body.message]).toEqual([409, expect.stringContaining('Probe again')])
  expect(await liveKeys(server, webhook)).toBe(3)
  expect((await eventTypes(server, webhook))[0]).toBe('secret.rotated')

  during = () => Promise.resolve()
  const again = await verdictsOf(server, webhook, { endOverlap: true })
  expect(again).toEqual({ proven: false, verdicts: ['refused', 'refused'] })
  expect(await liveKeys(server, webhook)).toBe(3)
})

test('a probe without endOverlap reports the key that it tested, even if a rotation has replaced that key meanwhile', async () => {
  const server = await startProbeServer()
  const webhook = await overlappingWhile(server, (webhook) => rotate(server, webhook))
  const { body: before } = await server.api('GET', `${webhook}/secret`)
  const { body } = await probe(server, webhook)
  expect(body).toMatchObject({
    proven: true,
    messages: [{ keyFingerprint: before.current?.keyFingerprint }, {}],
  })
  expect((await events(server, webhook))[0]).toMatchObject({
    type: 'receiver.probed',
    key: { id: before.current?.id },
  })
})

test('if the URL changes during a probe with endOverlap, the probe returns 409 and revokes nothing', async () => {
  const server = await startProbeServer()
  const webhook = await overlappingWhile(server, (webhook) =>
    setUrl(server, webhook, 'https://moved.example/'),
  )
  expect((await probe(server, webhook, { endOverlap: true })).status).toBe(409)
  expect(await liveKeys(server, webhook)).toBe(2)
})

test('if the signature scheme changes during a probe with endOverlap, the probe returns 409 and revokes nothing', async () => {
  const server = await startProbeServer()
  const webhook = await overlappingWhile(server, async (webhook) => {
    const { url } = (await server.api('GET', webhook)).body
    await server.api('PUT', webhook, { body: { url, signatureScheme: 'svix' } })
  })
  const { status, body } = await probe(server, webhook, { endOverlap: true })
  expect([status, body]).toMatchObject([
    409,
    { message: expect.stringContaining('URL or signature scheme changed during the probe') },
  ])
  expect(await liveKeys(server, webhook)).toBe(2)
})

test('a probe returns 404 if its webhook is deleted and recreated during the probe', async () => {
  const server = await startProbeServer()
  const webhook = await overlappingWhile(server, async (webhook) => {
    await server.api('DELETE', webhook)
    await setUrl(server, webhook, 'https://another.example/')
  })
  expect((await probe(server, webhook)).status).toBe(404)
  expect((await eventTypes(server, webhook)).slice(0, 2)).toEqual(['webhook.created', 'webhook.deleted'])
})

test('a probe returns 404 and records nothing if its webhook is deleted during the probe', async () => {
  const server = await startProbeServer()
  const webhook = await overlappingWhile(server, (webhook) => server.api('DELETE', webhook))
  expect((await probe(server, webhook, { endOverlap: true })).status).toBe(404)
  expect((await eventTypes(server, webhook))[0]).toBe('webhook.deleted')
})
