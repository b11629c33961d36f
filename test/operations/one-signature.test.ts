import { describe, expect, onTestFinished, test } from 'vitest'
import type { WebhookPath } from '../support/documented-body.ts'
import { asReceived, isVerified, oneSignatureSchemes } from '../support/one-signature.ts'
import { present } from '../support/present.ts'
import { startReceiver } from '../support/receivers.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

const payload = '{"type":"invoice.paid"}'

async function sign(server: TestServer, webhook: WebhookPath) {
  return (await server.api('POST', `${webhook}/signatures`, { body: { payload } })).body.headers
}

async function rotate(server: TestServer, webhook: WebhookPath, body?: object) {
  return (await server.api('PATCH', `${webhook}/secret`, { body })).body
}

describe.each(oneSignatureSchemes)('%s', (scheme) => {
  test('the oldest live key signs alone until its end, then the next, and every live key verifies', async () => {
    let now = Date.now()
    const server = await startServer({ now: () => now })
    const webhook = await provision(server, 'app_1', 'hook_1', scheme)
    const keys: Awaited<ReturnType<typeof rotate>>[] = []
    for (const overlapSeconds of [0, 60, 120]) keys.push(await rotate(server, webhook, { overlapSeconds }))
    const expectSigner = async (index: number) => {
      const headers = await sign(server, webhook)
      const signers = keys.filter(({ signingSecret }) =>
        isVerified(scheme, signingSecret, asReceived(headers), payload),
      )
      expect(signers).toEqual([keys[index]])
      const { body } = await server.api('GET', `${webhook}/secret`)
      const signing = [present(body.current), ...body.previous].filter(({ signs }) => signs)
      expect(signing.map(({ keyFingerprint }) => keyFingerprint)).toEqual([keys[index]?.keyFingerprint])
      const verified = await server.api('POST', `${webhook}/signatures/verify`, {
        body: { headers, payload },
      })
      expect(verified.body).toMatchObject({ valid: true, keyFingerprint: keys[index]?.keyFingerprint })
    }
    await expectSigner(0)
    now += 60_000
    await expectSigner(1)
    now += 60_000
    await expectSigner(2)
    expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)
  })

  test('after a revocation or a rotation with overlap 0, the current key signs immediately, and the audit trail says so', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z')
    const server = await startServer({ now: () => now })
    const webhook = await provision(server, 'app_1', 'hook_1', scheme)
    const signsWith = async ({ signingSecret }: { signingSecret: string }) =>
      isVerified(scheme, signingSecret, asReceived(await sign(server, webhook)), payload)
    const first = await rotate(server, webhook)
    now += 1000
    const second = await rotate(server, webhook, { overlapSeconds: 0, reason: 'x'.repeat(500) })
    expect(await signsWith(second)).toBe(true)
    now += 1000
    const third = await rotate(server, webhook, { overlapSeconds: 60, reason: 'planned' })
    expect(await signsWith(second)).toBe(true)
    await server.api('DELETE', `${webhook}/secret/previous`)
    expect(await signsWith(third)).toBe(true)
    const { items } = (await server.api('GET', `${webhook}/events`)).body
    expect(items.map(({ type, reason }) => [type, reason])).toEqual([
      ['secret.previous_revoked', `${third.keyFingerprint} signs alone`],
      ['secret.rotated', `planned; ${second.keyFingerprint} signs alone until 2026-01-01T00:01:02.000Z`],
      ['secret.rotated', `${'x'.repeat(500)}; ${second.keyFingerprint} signs alone`],
      ['secret.rotated', `${first.keyFingerprint} signs alone`],
      ['webhook.created', null],
    ])
  })

  test('under load, a probe after the receiver has switched loses no delivery that is retried once', async () => {
    let known = ''
    const receiver = await startReceiver(({ headers, body }) =>
      isVerified(scheme, known, headers, body) ? 204 : 401,
    )
    const server = await startServer({ environment: { REKEY_PROBE_ALLOW: '127.0.0.0/8' } })
    const webhook = await provision(server, 'app_1', 'hook_1', scheme)
    await server.api('PUT', webhook, { body: { url: receiver.url } })
    known = (await rotate(server, webhook)).signingSecret
    let delivered = 0
    let refused = 0
    const deliver = async () => {
      const headers = await sign(server, webhook)
      return (await fetch(receiver.url, { method: 'POST', headers, body: payload })).status === 204
    }
    /** Returns whether the receiver has the new secret, and all messages are signed with it. */
    const endOverlap = async () => {
      const { body } = await server.api('POST', `${webhook}/probes`, { body: { endOverlap: true } })
      return body.proven
    }
    let storming = true
    onTestFinished(() => {
      storming = false
    })
    for (let rotation = 0; rotation < 3; rotation++) {
      storming = true
      let waiting = 0
      const sender = async () => {
        while (storming)
          if (await deliver()) delivered += 1
          else waiting += 1
      }
      const storm = Array.from({ length: 3 }, sender)
      const next = await rotate(server, webhook)
      const enough = delivered + 6
      await expect.poll(() => delivered, { timeout: 15_000 }).toBeGreaterThan(enough)
      expect(waiting).toBe(0)
      expect(await endOverlap()).toBe(false)
      expect(waiting).toBe(0)
      known = next.signingSecret
      await expect.poll(() => waiting, { timeout: 15_000 }).toBeGreaterThan(0)
      expect(await endOverlap()).toBe(true)
      storming = false
      await Promise.all(storm)
      refused += waiting
      for (; waiting > 0; waiting--) expect(await deliver()).toBe(true)
    }
    expect(refused).toBeGreaterThan(0)
  })
})

test('a change of scheme during an overlap changes which keys sign, and a conditional GET shows it', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server, 'app_1', 'hook_1', 'stripe')
  await rotate(server, webhook)
  await rotate(server, webhook)
  const state = await server.api('GET', `${webhook}/secret`)
  expect([state.body.current?.signs, state.body.previous[0]?.signs]).toEqual([true, true])
  const headers = { 'if-none-match': present(state.headers.get('etag')) }
  expect((await server.api('GET', `${webhook}/secret`, { headers })).status).toBe(304)
  now += 1000
  await server.api('PUT', webhook, { body: { url: 'https://merchant.example/', signatureScheme: 'github' } })
  const changed = await server.api('GET', `${webhook}/secret`, { headers })
  expect([changed.status, changed.body.current?.signs, changed.body.previous[0]?.signs]).toEqual([
    200,
    false,
    true,
  ])
})
