import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import type { WebhookPath } from '../support/documented-body.ts'
import { present } from '../support/present.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

async function sign(server: TestServer, webhook: WebhookPath, body: object) {
  return (await server.api('POST', `${webhook}/signatures`, { body })).body.headers
}

test('signing and verifying return 409 before the first rotation', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { status, body } = await server.api('POST', `${webhook}/signatures`, { body: { payload: '' } })
  expect([status, body.message]).toEqual([409, expect.stringContaining('Rotate it once')])
  const verify = { headers: {}, payload: '' }
  expect((await server.api('POST', `${webhook}/signatures/verify`, { body: verify })).status).toBe(409)
  expect((await server.api('POST', `${webhook}x/signatures`, { body: { payload: '' } })).status).toBe(404)
})

test('signing the Standard Webhooks example returns its documented signature', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const signingSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  await server.api('PATCH', `${webhook}/secret`, { body: { signingSecret } })
  const message = {
    payload: '{"test": 2432232314}',
    messageId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
  }
  expect(await sign(server, webhook, message)).toEqual({
    'webhook-id': message.messageId,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('signs a payload of 1 MiB, and rejects a longer or malformed payload', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { signingSecret } = (await server.api('PATCH', `${webhook}/secret`)).body
  const control = '\u0001'.repeat(1_048_576)
  const headers = await sign(server, webhook, { payload: control })
  const signed = `v1,${new Webhook(signingSecret).sign(present(headers['webhook-id']), new Date(Number(headers['webhook-timestamp']) * 1000), control).split(',')[1]}`
  expect(headers['webhook-signature']).toBe(signed)
  const refuse = (body: object) => server.api('POST', `${webhook}/signatures`, { body })
  expect((await refuse({ payload: `${control}x` })).status).toBe(413)
  expect((await refuse({ payload: '\ud800' })).status).toBe(400)
  expect((await refuse({ payload: 'YQ', payloadEncoding: 'base64' })).status).toBe(400)
})

test('a receiver that switches to each new secret late still verifies every message', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const rotate = async () => (await server.api('PATCH', `${webhook}/secret`)).body.signingSecret
  let known = await rotate()
  let rotating = true
  let verified = 0
  const sender = async () => {
    while (rotating) {
      const headers = await sign(server, webhook, { payload: '{}' })
      new Webhook(known).verify('{}', headers)
      verified += 1
    }
  }
  const storm = Array.from({ length: 8 }, sender)
  for (let i = 0; i < 9; i++) {
    const next = await rotate()
    const enough = verified + storm.length
    await expect.poll(() => verified, { timeout: 15_000 }).toBeGreaterThan(enough)
    known = next
  }
  rotating = false
  await Promise.all(storm)
})

test('a revoked key does not sign on an instance whose clock is behind', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const { signingSecret } = (await server.api('PATCH', `${webhook}/secret`)).body
  await server.api('DELETE', `${webhook}/secret/previous`)
  now -= 2000
  const headers = await sign(server, webhook, { payload: '{}' })
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(1)
  new Webhook(signingSecret).verify('{}', headers)
})

test('verification returns the matching key with its state, and the reason if the message is invalid', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const rotate = async (overlapSeconds: number) =>
    (await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds } })).body.keyFingerprint
  const verify = async (headers: Record<string, string>, payload = '{}') =>
    (await server.api('POST', `${webhook}/signatures/verify`, { body: { headers, payload } })).body
  const first = await rotate(60)
  const message = { payload: '{}', timestamp: Math.floor(now / 1000) }
  const headers = await sign(server, webhook, message)
  const valid = { valid: true, keyFingerprint: first, reason: null }
  expect(await verify(headers)).toEqual({ ...valid, keyState: 'current' })
  const upper = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
  )
  expect(await verify(upper)).toEqual({ ...valid, keyState: 'current' })
  const nobody = { valid: false, keyFingerprint: null, keyState: null }
  expect(await verify(headers, '{} ')).toEqual({ ...nobody, reason: 'wrong_signature' })
  expect(await verify({})).toEqual({ ...nobody, reason: 'malformed_header' })
  const padded = { ...headers, 'webhook-timestamp': `00${headers['webhook-timestamp']}` }
  expect(await verify(padded)).toEqual({ ...nobody, reason: 'malformed_header' })
  await rotate(60)
  expect(await verify(headers)).toEqual({ ...valid, keyState: 'previous' })
  now += 60_000
  expect(await verify(headers)).toMatchObject({
    keyFingerprint: first,
    keyState: 'expired',
    reason: 'expired_key',
  })
  const second = await sign(server, webhook, message)
  await rotate(0)
  expect(await verify(second)).toMatchObject({ keyState: 'revoked', reason: 'revoked_key' })
  const third = await sign(server, webhook, message)
  now = message.timestamp * 1000 + 300_999
  expect(await verify(third)).toMatchObject({ valid: true })
  now = message.timestamp * 1000 + 301_000
  expect(await verify(third)).toMatchObject({ valid: false, reason: 'timestamp_out_of_tolerance' })
})

test('verification tries at most 100 keys: every live key, then the newest inactive keys', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const secrets: string[] = []
  const rotate = async (overlapSeconds: number) => {
    secrets.push(
      (await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds } })).body.signingSecret,
    )
    now += 2_000
  }
  await rotate(60)
  await rotate(604_800)
  for (let count = 0; count < 120; count++) await rotate(1)

  const reasonOf = async (index: number) => {
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(now / 1000)),
      'webhook-signature': new Webhook(secrets.at(index) ?? '').sign('msg_1', new Date(now), '{}'),
    }
    const body = { headers, payload: '{}' }
    return (await server.api('POST', `${webhook}/signatures/verify`, { body })).body.reason
  }
  expect(await reasonOf(-1)).toBe(null)
  expect(await reasonOf(0)).toBe(null)
  expect(await reasonOf(-99)).toBe('expired_key')
  expect(await reasonOf(-100)).toBe('wrong_signature')
})
