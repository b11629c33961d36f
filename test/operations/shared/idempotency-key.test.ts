import { expect, test } from 'vitest'
import { holdWrites } from '../../support/database.ts'
import type { WebhookPath } from '../../support/documented-body.ts'
import { startLossyProxy } from '../../support/lossy-proxy.ts'
import { present } from '../../support/present.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

function rotate(server: TestServer, webhook: WebhookPath, key: string, options: object = {}) {
  return server.api('PATCH', `${webhook}/secret`, { headers: { 'idempotency-key': key }, ...options })
}

async function liveKeys(server: TestServer, webhook: WebhookPath): Promise<number> {
  return (await server.api('GET', webhook)).body.liveKeys
}

test('a retry after a lost response returns the same secret without rotating again', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const proxy = await startLossyProxy(server.origin, 'dropped')
  const headers = { authorization: `Bearer ${await token()}`, 'idempotency-key': 'one' }
  const lost = fetch(`${proxy.origin}/api/v1${webhook}/secret`, { method: 'PATCH', headers })
  await expect(lost).rejects.toThrow('fetch failed')
  const { body: state, headers: stateHeaders } = await server.api('GET', `${webhook}/secret`)
  const retried = await rotate(server, webhook, 'one')
  expect(retried.headers.get('idempotency-replayed')).toBe('true')
  expect(retried.body).toEqual(JSON.parse(proxy.exchanges[0]?.body ?? ''))
  expect(retried.headers.get('etag')).toBe(stateHeaders.get('etag'))
  expect(retried.body.keyFingerprint).toBe(present(state.current).keyFingerprint)
  expect((await rotate(server, webhook, '"one"')).body).toEqual(retried.body)
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('a retried conditional rotation returns the same secret even though its If-Match is stale', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const before = await server.api('PATCH', `${webhook}/secret`)
  const headers = { 'idempotency-key': 'one', 'if-match': before.headers.get('etag') ?? '' }
  const rotated = await server.api('PATCH', `${webhook}/secret`, { headers })
  const retried = await server.api('PATCH', `${webhook}/secret`, { headers })
  expect([rotated.status, retried.status]).toEqual([200, 200])
  expect(retried.body).toEqual(rotated.body)
  expect(await liveKeys(server, webhook)).toBe(2)
})

test('concurrent requests with the same idempotency key rotate the secret once', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const answers = await Promise.all(Array.from({ length: 10 }, () => rotate(server, webhook, 'one')))
  const secrets = answers.filter(({ status }) => status === 200).map(({ body }) => body.signingSecret)
  expect(new Set(secrets).size).toBe(1)
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('a second request with the idempotency key of a running rotation returns 409 with Retry-After', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const letGo = await holdWrites(server.databaseUrl, { applicationId: 'app_1', webhookId: 'hook_1' })
  const both = [rotate(server, webhook, 'one'), rotate(server, webhook, 'one')]
  const refused = await Promise.race(both)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([409, '1'])
  await letGo()
  expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 409])
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('reusing an idempotency key with a different body returns 422, except for another caller or webhook', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const other = await provision(server, 'app_1', 'hook_2')
  const first = await rotate(server, webhook, 'one', { body: { overlapSeconds: 60, reason: 'a' } })
  expect((await rotate(server, webhook, 'one', { body: { reason: 'b' } })).status).toBe(422)
  const reordered = await rotate(server, webhook, 'one', { body: { reason: 'a', overlapSeconds: 60 } })
  expect(reordered.body).toEqual(first.body)
  const stranger = await rotate(server, webhook, 'one', { token: await token({ sub: 'mallory' }) })
  expect(stranger.headers.get('idempotency-replayed')).toBeNull()
  expect(stranger.body.signingSecret).not.toBe(first.body.signingSecret)
  expect((await rotate(server, other, 'one')).headers.get('idempotency-replayed')).toBeNull()
  expect((await rotate(server, webhook, '"open')).status).toBe(400)
})

test('an idempotency key expires after 10 minutes', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  await rotate(server, webhook, 'one')
  now += 599_999
  expect((await rotate(server, webhook, 'one')).headers.get('idempotency-replayed')).toBe('true')
  now += 1
  expect((await rotate(server, webhook, 'one')).headers.get('idempotency-replayed')).toBeNull()
  expect(await liveKeys(server, webhook)).toBe(2)
})

test('a stale If-Match returns 412, so only one of two concurrent rotations with the same If-Match succeeds', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const ifMatch = (tag: string, method = 'PATCH', path = 'secret') =>
    server.api(method, `${webhook}/${path}`, { headers: { 'if-match': tag } })
  expect((await ifMatch('*')).status).toBe(412)
  const first = (await server.api('PATCH', `${webhook}/secret`)).headers.get('etag') ?? ''
  const both = await Promise.all([ifMatch(first), ifMatch(first)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
  expect((await ifMatch(first, 'DELETE', 'secret/previous')).status).toBe(412)
  expect(await liveKeys(server, webhook)).toBe(2)
  const { headers } = await server.api('GET', `${webhook}/secret`)
  const current = headers.get('etag') ?? ''
  expect((await ifMatch(`W/${current}`)).status).toBe(412)
  expect((await ifMatch('unquoted')).status).toBe(400)
  expect((await ifMatch(`"other", ${current}`)).status).toBe(200)
  expect((await ifMatch('*', 'DELETE', 'secret/previous')).status).toBe(200)
  expect(await liveKeys(server, webhook)).toBe(1)
})
