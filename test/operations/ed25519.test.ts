import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { notePrivateKeys } from '../support/private-keys.ts'
import { events, newSecret, probe, rotate, startProbeServer, verdictsOf } from '../support/probes.ts'
import { startReceiver, type ReceivedMessage } from '../support/receivers.ts'
import { findSecrets } from '../support/secret-search.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { verifiesWith } from '../support/v1a.ts'

const url = 'https://merchant.example/webhooks'
const publicKey = /^whpk_[A-Za-z0-9+/]{43}=$/

async function sign({ api }: TestServer, webhook: WebhookPath, payload = '{}') {
  return (await api('POST', `${webhook}/signatures`, { body: { payload } })).body.headers
}

function verify({ api }: TestServer, webhook: WebhookPath, headers: Record<string, string>) {
  return api('POST', `${webhook}/signatures/verify`, { body: { headers, payload: '{}' } })
}

test('a rotation returns the public key with its fingerprint and SHA-256, and the public key verifies messages', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const { status, body } = await rotate(server, webhook)
  expect([status, body]).toEqual([
    200,
    { keyFingerprint: expect.any(String), signingSecret: expect.stringMatching(publicKey) },
  ])
  const sha256 = createHash('sha256').update(body.signingSecret).digest('hex')
  expect(body.keyFingerprint).toBe(`whpk_****${sha256.slice(0, 4)}`)
  const state = await server.api('GET', `${webhook}/secret`)
  expect(state.body.current).toMatchObject({ keyFingerprint: body.keyFingerprint, sha256, signs: true })
  const headers = await sign(server, webhook)
  expect(headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/)
  expect(verifiesWith(body.signingSecret, headers, '{}')).toBe(true)
  expect(verifiesWith(body.signingSecret, headers, '{} ')).toBe(false)
})

test('every live key signs, newest first, and a revoked one does not', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const [ended, ...live] = [
    await newSecret(server, webhook),
    await newSecret(server, webhook, { overlapSeconds: 0 }),
    await newSecret(server, webhook),
    await newSecret(server, webhook),
  ] as [string, string, string, string]
  const verdicts = async () => {
    const headers = await sign(server, webhook)
    return [ended, ...live].map((key) => verifiesWith(key, headers, '{}'))
  }
  expect(await verdicts()).toEqual([false, true, true, true])
  const headers = await sign(server, webhook)
  const [newest = ''] = headers['webhook-signature']?.split(' ') ?? []
  expect(verifiesWith(live[2], { ...headers, 'webhook-signature': newest }, '{}')).toBe(true)
  await server.api('DELETE', `${webhook}/secret/previous`)
  expect(await verdicts()).toEqual([false, false, false, true])
})

test('verifies v1a in addition to v1, and reports the state of the key that signed', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const { body } = await rotate(server, webhook)
  const headers = await sign(server, webhook)
  const valid = { valid: true, keyFingerprint: body.keyFingerprint, keyState: 'current', reason: null }
  const v1 = `v1,${Buffer.alloc(32).toString('base64')}`
  const signature = headers['webhook-signature'] ?? ''
  for (const value of [signature, `${v1} ${signature}`, `${signature} ${v1}`, `${signature}, ${v1}`])
    expect((await verify(server, webhook, { ...headers, 'webhook-signature': value })).body).toEqual(valid)
  const reasons = async (value: string) =>
    (await verify(server, webhook, { ...headers, 'webhook-signature': value })).body.reason
  expect(await reasons(v1)).toBe('no_known_signature')
  expect(await reasons(`v1a,${Buffer.alloc(64).toString('base64')}`)).toBe('wrong_signature')
  await rotate(server, webhook, { overlapSeconds: 0 })
  expect((await verify(server, webhook, headers)).body).toEqual({
    ...valid,
    valid: false,
    keyState: 'revoked',
    reason: 'revoked_key',
  })
})

test("a fan-out signs for each webhook with the webhook's own scheme", async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const publicKey = await newSecret(server, webhook)
  await newSecret(server, await provision(server, 'app_1', 'hook_2'))
  const { status, body } = await server.api('POST', '/applications/app_1/signatures', {
    body: { payload: '{}', webhookIds: ['hook_2', 'hook_1'] },
  })
  expect([status, body.items.map(({ webhookId }) => webhookId)]).toEqual([200, ['hook_2', 'hook_1']])
  const [other, asymmetric] = body.items.map((item) => ('headers' in item ? item.headers : {}))
  expect(other?.['webhook-signature']).toMatch(/^v1,/)
  expect(verifiesWith(publicKey, asymmetric ?? {}, '{}')).toBe(true)
})

test('importing a secret returns 409, or 400 if no scheme accepts it', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const encoded = Buffer.alloc(32, 3).toString('base64')
  for (const signingSecret of [`whsec_${encoded}`, 'legacy_secret-0123']) {
    const { status, body } = await rotate(server, webhook, { signingSecret })
    expect([status, body]).toEqual([
      409,
      {
        error: 'Conflict',
        message:
          "The webhook's scheme ed25519 does not allow imported secrets. Omit signingSecret to have Rekey generate the key.",
        code: 409,
      },
    ])
  }
  const github = await provision(server, 'app_1', 'hook_2', 'github')
  const long = Buffer.alloc(64, 3).toString('base64')
  for (const signingSecret of [`whsk_${encoded}`, `whpk_${encoded}`, `whsk_${long}`])
    for (const path of [webhook, github]) {
      const { status, body, text } = await rotate(server, path, { signingSecret })
      expect([status, body]).toMatchObject([
        400,
        {
          message:
            'body/signingSecret must not be a private or public key (whsk_ or whpk_); these cannot be imported',
        },
      ])
      expect(text).not.toContain(encoded)
    }
  expect((await rotate(server, github, { signingSecret: 'whsk_bcUrWCxnFdULeBuDW6zfGe6Z' })).status).toBe(200)
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(0)
})

test.each([
  ['ed25519', 'standard-webhooks'],
  ['standard-webhooks', 'ed25519'],
  ['github', 'ed25519'],
  ['ed25519', 'github'],
])('the scheme can change from %s to %s until the webhook has a key', async (before, after) => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', before)
  const put = (signatureScheme: string, to = url) =>
    server.api('PUT', webhook, { body: { url: to, signatureScheme } })
  expect((await put(after)).body.signatureScheme).toBe(after)
  expect((await put(before)).status).toBe(200)
  await rotate(server, webhook)
  const { status, body } = await put(after)
  expect([status, body]).toMatchObject([
    409,
    {
      message:
        `The scheme cannot change from ${before} to ${after}, because the webhook has a key. ` +
        'Create a new webhook with the other scheme.',
    },
  ])
  expect((await server.api('GET', webhook)).body.signatureScheme).toBe(before)
  expect((await put(before, `${url}/new`)).body).toMatchObject({ url: `${url}/new` })
  await server.api('DELETE', webhook)
  expect((await put(after)).body).toMatchObject({ signatureScheme: after, liveKeys: 0 })
})

test('a probe proves a receiver that verifies with the current public key, and ends the overlap', async () => {
  const server = await startProbeServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const old = await newSecret(server, webhook)
  let known = old
  const receiver = await startReceiver(({ headers, body }: ReceivedMessage) =>
    verifiesWith(known, headers, body) ? 204 : 401,
  )
  await server.api('PUT', webhook, { body: { url: receiver.url } })
  expect(await verdictsOf(server, webhook)).toEqual({ proven: true, verdicts: ['accepted', 'refused'] })
  const { body } = await rotate(server, webhook)
  expect(await verdictsOf(server, webhook, { endOverlap: true })).toMatchObject({ proven: false })
  known = body.signingSecret
  const proven = (await probe(server, webhook, { endOverlap: true })).body
  expect(proven).toMatchObject({ proven: true, revokedKeys: [expect.stringMatching(/^whpk_/)] })
  expect(await verdictsOf(server, webhook, { expectPreviousRefused: true })).toEqual({
    proven: true,
    verdicts: ['accepted', 'refused', 'refused'],
  })
  for (const { headers } of receiver.messages)
    expect(headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/)
})

test('no response, event, log line or row contains a private key, even after the replay of a rotation', async () => {
  const server = await startProbeServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
  const said: string[] = []
  const api: TestServer['api'] = async (...request) => {
    const response = await server.api(...request)
    said.push(JSON.stringify([...response.headers]), response.text)
    return response
  }
  const once = { headers: { 'idempotency-key': '"first"' } }
  const first = await api('PATCH', `${webhook}/secret`, once)
  const replay = await api('PATCH', `${webhook}/secret`, once)
  expect(replay.headers.get('idempotency-replayed')).toBe('true')
  expect(replay.body).toEqual(first.body)
  await api('PATCH', `${webhook}/secret`, { body: { reason: 'leaked' } })
  const { headers } = (await api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })).body
  await api('POST', `${webhook}/signatures/verify`, { body: { headers, payload: '{}' } })
  await api('POST', `${webhook}/probes`)
  await api('PUT', webhook, { body: { url, signatureScheme: 'github' } })
  for (const path of ['', '/secret', '/events']) await api('GET', `${webhook}${path}`)
  await api('DELETE', `${webhook}/secret/previous`)

  const keys = await notePrivateKeys(server)
  expect(keys).toHaveLength(2)
  for (const key of keys) expect(key).toMatch(/^whsk_[A-Za-z0-9+/]{43}=$/)
  const sent = Buffer.from(said.join('\n'))
  expect(sent.toString()).toContain(first.body.signingSecret)
  expect(sent.toString()).not.toContain('whsk_')
  expect(findSecrets(keys, sent)).toEqual([])
  expect((await events(server, webhook)).map(({ key }) => key?.keyFingerprint ?? null)).toContain(
    first.body.keyFingerprint,
  )
})
