import { expect, test } from 'vitest'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

const url = 'https://merchant.example/webhooks'

test('the first PUT creates a webhook without a secret, and later PUTs replace it', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const server = await startServer({ now: () => now })
  const bearer = await token({ expiresIn: 10 })
  await server.api('PUT', '/applications/app_1', { token: bearer })
  const put = (body: object) =>
    server.api('PUT', '/applications/app_1/webhooks/hook_1', { body, token: bearer })
  const created = await put({ url })
  expect(created.status).toBe(201)
  expect(created.body).toEqual({
    id: 'hook_1',
    applicationId: 'app_1',
    url,
    description: null,
    signatureScheme: 'standard-webhooks',
    signatureHeader: 'webhook-signature',
    keyId: null,
    keyFingerprint: null,
    keyCreatedAt: null,
    liveKeys: 0,
    overlapEndsAt: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  })
  now += 1000
  const same = await put({ url })
  expect([same.status, same.body]).toEqual([200, created.body])
  const moved = await put({ url: 'http://other.example/', description: 'Moved' })
  expect(moved.status).toBe(200)
  expect(moved.body).toEqual({
    ...created.body,
    url: 'http://other.example/',
    description: 'Moved',
    updatedAt: '2026-01-01T00:00:01.000Z',
  })
})

test('replacing a webhook keeps its keys, and every response that contains the webhook summarizes those keys', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const { body: rotated, headers } = await server.api('PATCH', `${webhook}/secret`, {
    body: { overlapSeconds: 60 },
  })
  const keys = {
    keyId: headers.get('etag')?.replaceAll('"', ''),
    keyFingerprint: rotated.keyFingerprint,
    keyCreatedAt: new Date(now).toISOString(),
    liveKeys: 2,
  }
  expect((await server.api('PUT', webhook, { body: { url: 'https://new.example/' } })).body).toMatchObject(
    keys,
  )
  expect((await server.api('GET', webhook)).body).toMatchObject(keys)
  now += 60_000
  expect((await server.api('GET', webhook)).body).toMatchObject({ ...keys, liveKeys: 1 })
  const list = await server.api('GET', '/applications/app_1/webhooks')
  expect(list.body.items).toMatchObject([{ id: 'hook_1', ...keys, liveKeys: 1 }])
})

test.each([
  {},
  { url: 'ftp://merchant.example/' },
  { url: 'https://' },
  { url: 'merchant.example' },
  { url: 'https://user:password@merchant.example/' },
  { url: 'https://user@merchant.example/' },
  { url: 'https://merchant.example/ with space' },
  { url: `https://merchant.example/${'x'.repeat(2048)}` },
  { url, description: '' },
  { url, description: 'a\0' },
  { url, secret: 'whsec_x' },
])('the body %j returns 400 and creates nothing', async (body) => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1')
  expect((await server.api('PUT', '/applications/app_1/webhooks/hook_1', { body })).status).toBe(400)
  expect((await server.api('GET', '/applications/app_1/webhooks/hook_1')).status).toBe(404)
})

test.each([
  'http://merchant.example:0/',
  'https://[3ffe::1]:000/webhooks',
  'https://merchant.example:65536/',
  'https://256.256.256.256/',
  'https://user%40merchant.example/',
])('the URL %s returns 400 and creates nothing, because no client can post to it', async (url) => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1')
  const { status, body } = await server.api('PUT', '/applications/app_1/webhooks/hook_1', { body: { url } })
  expect([status, body.message]).toEqual([
    400,
    'body/url must have a valid host name or IP address, and a port from 1 to 65535 if it names one',
  ])
  expect((await server.api('GET', '/applications/app_1/webhooks/hook_1')).status).toBe(404)
})

test('creating a webhook without a body returns 400', async () => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1')
  const { status, body } = await server.api('PUT', '/applications/app_1/webhooks/hook_1')
  expect([status, body.message]).toEqual([400, 'A JSON body is required'])
})

test('requests for a missing application or webhook return 404', async () => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1')
  for (const [method, path] of [
    ['GET', '/applications/none'],
    ['DELETE', '/applications/none'],
    ['GET', '/applications/none/webhooks'],
    ['GET', '/applications/app_1/webhooks/none'],
    ['DELETE', '/applications/app_1/webhooks/none'],
    ['GET', '/applications/app_1/webhooks/none/secret'],
  ] as const) {
    expect([path, (await server.api(method, path)).status]).toEqual([path, 404])
  }
  expect((await server.api('PUT', '/applications/none/webhooks/hook_1', { body: { url } })).status).toBe(404)
})

test('lists the webhooks of one application in pages, sorted by ID', async () => {
  const server = await startServer()
  for (const id of ['b', 'c', 'a']) await provision(server, 'app_1', id)
  await provision(server, 'app_2', 'd')
  const first = await server.api('GET', '/applications/app_1/webhooks?limit=2')
  expect(first.body.items.map(({ id }) => id)).toEqual(['a', 'b'])
  const second = await server.api(
    'GET',
    `/applications/app_1/webhooks?limit=2&cursor=${first.body.nextCursor}`,
  )
  expect(second.body.items.map(({ id }) => id)).toEqual(['c'])
  expect(second.body.nextCursor).toBeNull()
})

test('deleting a webhook deletes its keys but not the keys of another webhook', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const other = await provision(server, 'app_1', 'hook_2')
  for (const path of [webhook, other]) await server.api('PATCH', `${path}/secret`)
  expect((await server.api('DELETE', webhook)).status).toBe(204)
  expect((await server.api('DELETE', webhook)).status).toBe(404)
  await provision(server)
  expect((await server.api('GET', webhook)).body).toMatchObject({ keyFingerprint: null, liveKeys: 0 })
  expect((await server.api('GET', other)).body.liveKeys).toBe(1)
})

test('a signing secret in a plaintext field returns 400 and changes nothing', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const before = (await server.api('GET', webhook)).body
  const secret = `whsec_${'a'.repeat(43)}=`
  const texts: [string, string, object][] = [
    ['body/name', '/applications/app_1', { name: `with ${secret}` }],
    ['body/name', '/applications/app_new', { name: secret }],
    ['body/url', webhook, { url: `${url}?secret=${secret}` }],
    ['body/url', webhook, { url: `${url}?secret=whsec_${encodeURIComponent('a+/b'.repeat(11))}` }],
    ['body/description', webhook, { url, description: secret }],
  ]
  for (const [place, path, body] of texts) {
    const { status, text } = await server.api('PUT', path, { body })
    expect(status).toBe(400)
    expect(text).toContain(`${place} must not contain a signing secret`)
    expect(text).not.toContain(secret)
  }
  expect((await server.api('GET', webhook)).body).toEqual(before)
  expect((await server.api('GET', '/applications/app_1')).body.name).toBeNull()
  expect((await server.api('GET', '/applications/app_new')).status).toBe(404)
})
