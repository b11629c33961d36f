import { expect, test } from 'vitest'
import { schemes, type SchemeName } from '../../src/domain/schemes/schemes.ts'
import { execute } from '../support/database.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { present } from '../support/present.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

const names = Object.keys(schemes) as SchemeName[]
const payload = '{"type":"invoice.paid"}'
const message = { payload, messageId: 'evt_1', timestamp: 1_800_000_000 }

async function signForWebhooks(server: TestServer, webhookIds: string[], body: object = message) {
  return (await server.api('POST', '/applications/app_1/signatures', { body: { webhookIds, ...body } })).body
    .items
}

async function signMessage(server: TestServer, webhook: WebhookPath, body: object = message) {
  return (await server.api('POST', `${webhook}/signatures`, { body })).body.headers
}

function rotate(server: TestServer, webhook: WebhookPath, body: object = {}) {
  return server.api('PATCH', `${webhook}/secret`, { body })
}

/** Provisions a webhook with a secret. */
async function provisionSigning(server: TestServer, webhookId: string): Promise<WebhookPath> {
  const webhook = await provision(server, 'app_1', webhookId)
  await rotate(server, webhook)
  return webhook
}

function headersOf(item: Awaited<ReturnType<typeof signForWebhooks>>[number] | undefined) {
  return item && 'headers' in item ? item.headers : undefined
}

function errorOf(item: Awaited<ReturnType<typeof signForWebhooks>>[number] | undefined) {
  return item && 'error' in item ? item.error : undefined
}

test('each webhook gets the headers that signMessage returns for its own scheme and keys, in the requested order', async () => {
  const server = await startServer()
  const webhooks = new Map<string, WebhookPath>()
  for (const name of names) {
    for (const keys of [1, 2]) {
      const webhook = await provision(server, 'app_1', `${name}-${keys}`, name)
      for (let key = 0; key < keys; key++) await rotate(server, webhook)
      webhooks.set(`${name}-${keys}`, webhook)
    }
  }
  const renamed = await provision(server, 'app_1', 'renamed', 'github')
  await server.api('PUT', renamed, {
    body: { url: 'https://a.example/', signatureHeader: 'X-Merchant-Signature' },
  })
  await rotate(server, renamed)
  webhooks.set('renamed', renamed)

  const ids = [...webhooks.keys()].reverse()
  for (const asked of [ids, ids.slice(0, 5), ids.slice(0, 1)]) {
    const items = await signForWebhooks(server, asked)
    expect(items.map(({ webhookId }) => webhookId)).toEqual(asked)
    for (const item of items)
      expect(headersOf(item)).toEqual(await signMessage(server, present(webhooks.get(item.webhookId))))
  }
})

test('all webhooks share a generated message ID and the current time, and a base64 payload is decoded', async () => {
  const now = Date.parse('2026-01-01T00:00:00.900Z')
  const server = await startServer({
    now: () => now,
    environment: { REKEY_JWT_CLOCK_TOLERANCE_SECONDS: '0' },
  })
  const ids = ['hook_1', 'hook_2']
  for (const id of ids) await provisionSigning(server, id)
  const encoded = { payload: Buffer.from(payload).toString('base64'), payloadEncoding: 'base64' }
  const [first, second] = (await signForWebhooks(server, ids, encoded)).map(headersOf)
  const messageId = present(first?.['webhook-id'])
  expect(messageId).toMatch(/^msg_[A-Za-z0-9_-]{22}$/)
  expect(second?.['webhook-id']).toBe(messageId)
  const timestamp = Math.floor(now / 1000)
  expect(first?.['webhook-timestamp']).toBe(String(timestamp))
  const webhook = '/applications/app_1/webhooks/hook_2'
  expect(second).toEqual(await signMessage(server, webhook, { payload, messageId, timestamp }))
})

test('an error for one webhook is an item in the documented shape, and does not affect the others', async () => {
  const server = await startServer()
  const good = ['good_1', 'good_2']
  for (const id of good) await provisionSigning(server, id)
  await provision(server, 'app_1', 'unrotated')
  for (const id of ['erased', 'broken', 'copied', 'unknown_scheme']) await provisionSigning(server, id)
  const { keyFingerprint } = (await server.api('GET', '/applications/app_1/webhooks/erased')).body
  // Sign first, so that a wrongly cached key would show.
  await signForWebhooks(server, ['good_1', 'erased', 'broken', 'copied', 'unknown_scheme'])
  const change = (id: string, set: string) =>
    execute(server.databaseUrl, `update signing_keys set ${set} where webhook_id = '${id}'`)
  await change('erased', 'sealed_secret = null, sealed_by = null')
  await change('broken', "sealed_secret = 'e30..x.x.x'")
  // Test the binding of a sealed secret to its key while the secret's own key is cached.
  await change(
    'copied',
    "sealed_secret = (select sealed_secret from signing_keys as other where other.webhook_id = 'good_1')",
  )
  await execute(
    server.databaseUrl,
    "update webhooks set signature_scheme = 'future' where id = 'unknown_scheme'",
  )

  const ids = ['good_1', 'missing', 'unrotated', 'erased', 'broken', 'copied', 'unknown_scheme', 'good_2']
  const answer = await server.api('POST', '/applications/app_1/signatures', {
    body: { webhookIds: ids, ...message },
  })
  const { items } = answer.body
  expect(items.map(({ webhookId }) => webhookId)).toEqual(ids)
  for (const index of [0, 7])
    expect(headersOf(items[index])).toEqual(
      await signMessage(server, `/applications/app_1/webhooks/${present(ids[index])}`),
    )
  for (const index of [1, 2, 3, 4, 5, 6]) {
    const single = await server.api(
      'POST',
      `/applications/app_1/webhooks/${present(ids[index])}/signatures`,
      {
        body: message,
      },
    )
    expect(errorOf(items[index]), ids[index]).toEqual(single.body)
  }
  expect(items.map((item) => errorOf(item)?.code)).toEqual([
    undefined,
    404,
    409,
    409,
    500,
    500,
    500,
    undefined,
  ])
  expect(errorOf(items[3])?.message).toContain(present(keyFingerprint))

  const requestId = answer.headers.get('x-request-id')
  const logged = server.logs.filter((line) => line['requestId'] === requestId && Number(line['level']) >= 50)
  expect(logged).toEqual([
    expect.objectContaining({
      msg: 'a message could not be signed for 3 webhooks',
      error: expect.objectContaining({ message: expect.stringContaining('app_1/broken/') }),
    }),
  ])
})

test('webhooks of another application or of a missing application are not found', async () => {
  const server = await startServer()
  await rotate(server, await provision(server, 'other', 'hook_1'))
  for (const webhookIds of [['hook_1'], ['hook_1', 'hook_2']])
    expect((await signForWebhooks(server, webhookIds)).map((item) => errorOf(item)?.code)).toEqual(
      webhookIds.map(() => 404),
    )
})

test('a revocation takes effect with the next fan-out, on every instance', async () => {
  const server = await startServer()
  const instances = [server, await startServer({ beside: server })]
  const webhook = await provisionSigning(server, 'hook_1')
  await rotate(server, webhook)
  const countSignatures = () =>
    Promise.all(
      instances.map(async (instance) => {
        const [item] = await signForWebhooks(instance, ['hook_1', 'hook_2'])
        return headersOf(item)?.['webhook-signature']?.split(' ').length
      }),
    )
  expect(await countSignatures()).toEqual([2, 2])
  await server.api('DELETE', `${webhook}/secret/previous`)
  expect(await countSignatures()).toEqual([1, 1])
  await rotate(server, webhook, { overlapSeconds: 0 })
  const [rotated] = await signForWebhooks(server, ['hook_1'])
  expect(headersOf(rotated)).toEqual(await signMessage(server, webhook))
  await server.api('DELETE', webhook)
  expect((await signForWebhooks(server, ['hook_1'])).map((item) => errorOf(item)?.code)).toEqual([404])
})

test('a revoked key does not sign, even if the clock of the instance that revoked it is ahead', async () => {
  const server = await startServer()
  const webhook = await provisionSigning(server, 'hook_1')
  await rotate(server, webhook)
  const inAnHour = Date.now() + 3_600_000
  await execute(
    server.databaseUrl,
    `update signing_keys set revoked_at = ${inAnHour} where expires_at is not null`,
  )
  const [item] = await signForWebhooks(server, ['hook_1'])
  expect(headersOf(item)?.['webhook-signature']?.split(' ')).toHaveLength(1)
})

test('a new scheme takes effect immediately, although the keys of the old scheme are cached', async () => {
  const server = await startServer()
  const webhook = await provisionSigning(server, 'hook_1')
  for (const signatureScheme of ['standard-webhooks', 'stripe', 'svix', 'github'] as const) {
    await server.api('PUT', webhook, { body: { url: 'https://merchant.example/', signatureScheme } })
    const [item] = await signForWebhooks(server, ['hook_1'], { payload })
    const headers = present(headersOf(item))
    const body = { headers, payload }
    expect((await server.api('POST', `${webhook}/signatures/verify`, { body })).body).toMatchObject({
      valid: true,
    })
  }
})

test('one request can sign for 1,000 webhooks', async () => {
  const server = await startServer()
  const webhookIds = Array.from({ length: 1_000 }, (_, number) => `hook_${number}`)
  const existing = webhookIds.filter((_, number) => number % 37 === 0)
  for (const id of existing) await provisionSigning(server, id)
  const items = await signForWebhooks(server, webhookIds)
  expect(items.map(({ webhookId }) => webhookId)).toEqual(webhookIds)
  expect(items.filter((item) => headersOf(item)).map(({ webhookId }) => webhookId)).toEqual(existing)
})

test('no webhooks, more than 1,000, a repeated one or an invalid ID returns 400', async () => {
  const server = await startServer()
  const refuse = async (webhookIds: unknown) => {
    const body = { webhookIds, payload }
    const { status, body: answer } = await server.api('POST', '/applications/app_1/signatures', { body })
    return [status, answer.message]
  }
  const rule = 'must have 1 to 1000 items, without duplicates'
  expect(await refuse([])).toEqual([400, `body/webhookIds ${rule}`])
  expect(await refuse(Array.from({ length: 1_001 }, (_, number) => `${number}`))).toEqual([
    400,
    'body/webhookIds must have at most 1000 items',
  ])
  expect(await refuse(['a', 'b', 'a'])).toEqual([400, `body/webhookIds ${rule}`])
  // In JavaScript, this ID is special as a property of an object.
  expect(await refuse(['__proto__', '__proto__'])).toEqual([400, `body/webhookIds ${rule}`])
  expect(await refuse(['a', 'b/c'])).toEqual([
    400,
    "body/webhookIds/1 must be 1 to 64 letters, digits, '_', '.' or '-', and not only dots",
  ])
})

test('more than 64 MiB to sign returns 413', { timeout: 120_000 }, async () => {
  const server = await startServer()
  const ids = Array.from({ length: 65 }, (_, number) => `hook_${number}`)
  for (const id of ids.slice(0, 2)) await provisionSigning(server, id)
  const large = 'x'.repeat(1_048_576)
  const items = await signForWebhooks(server, ids.slice(0, 64), { ...message, payload: large })
  expect(headersOf(items[1])).toEqual(
    await signMessage(server, '/applications/app_1/webhooks/hook_1', { ...message, payload: large }),
  )
  const tooMuch = await server.api('POST', '/applications/app_1/signatures', {
    body: { webhookIds: ids, payload: large },
  })
  expect([tooMuch.status, tooMuch.body.message]).toEqual([
    413,
    'body/payload must not be larger than 1032444 bytes for 65 webhooks. Sign for fewer webhooks at a time.',
  ])
  const tooLarge = await server.api('POST', '/applications/app_1/signatures', {
    body: { webhookIds: ids.slice(0, 1), payload: `${large}x` },
  })
  expect([tooLarge.status, tooLarge.body.message]).toEqual([
    413,
    'body/payload must not be larger than 1048576 bytes',
  ])
})
