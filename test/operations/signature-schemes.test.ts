import { describe, expect, test } from 'vitest'
import { schemes, type SchemeName } from '../../src/domain/schemes/schemes.ts'
import { present } from '../support/present.ts'
import { provision, startServer } from '../support/server.ts'

const url = 'https://merchant.example/webhooks'
const names = Object.keys(schemes) as SchemeName[]

describe.each(names)('%s', (signatureScheme) => {
  const { keyBytes } = schemes[signatureScheme]

  test('signs, and verifies what it signed with every live key', async () => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', signatureScheme)
    const first = (await server.api('PATCH', `${webhook}/secret`)).body
    const message = { payload: '{}', messageId: 'msg_1' }
    const sign = async () => (await server.api('POST', `${webhook}/signatures`, { body: message })).body
    const verify = async (headers: object, payload = '{}') =>
      (await server.api('POST', `${webhook}/signatures/verify`, { body: { headers, payload } })).body
    const { headers } = await sign()
    expect(Object.keys(headers)).toContain(schemes[signatureScheme].signatureHeader)
    const valid = { valid: true, keyFingerprint: first.keyFingerprint, keyState: 'current', reason: null }
    expect(await verify(headers)).toEqual(valid)
    const lines = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]),
    )
    expect(await verify({ ...lines, cookie: 'x'.repeat(20_000) })).toEqual(valid)
    expect(await verify(headers, '{} ')).toMatchObject({ valid: false, reason: 'wrong_signature' })
    expect(await verify({})).toMatchObject({ valid: false, reason: 'malformed_header' })

    await server.api('PATCH', `${webhook}/secret`)
    expect(await verify(headers)).toEqual({ ...valid, keyState: 'previous' })
    expect(await verify((await sign()).headers)).toMatchObject({ valid: true })
    await server.api('DELETE', `${webhook}/secret/previous`)
    expect(await verify(headers)).toMatchObject({ valid: false, reason: 'revoked_key' })
    expect(await verify((await sign()).headers)).toMatchObject({ valid: true, keyState: 'current' })
  })

  // Private keys cannot be imported at all: see ed25519.test.ts.
  if (keyBytes === 'private') return

  test(`${keyBytes === 'text' ? 'imports' : 'returns 409 to'} a secret that is not whsec_ and base64`, async () => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', signatureScheme)
    for (const signingSecret of ['legacy-secret-"0001"', `whsec_${Buffer.alloc(23, 1).toString('base64')}`]) {
      const { status, body, text } = await server.api('PATCH', `${webhook}/secret`, {
        body: { signingSecret },
      })
      if (keyBytes === 'text') {
        expect([status, body.signingSecret]).toEqual([200, signingSecret])
        continue
      }
      expect([status, body.message]).toEqual([
        409,
        `The webhook's scheme ${signatureScheme} accepts only whsec_ followed by the base64 of 24 to 64 bytes. ` +
          'Import such a secret, or change signatureScheme first.',
      ])
      expect(text).not.toContain(signingSecret)
    }
  })
})

test('reports unknown versions and timestamps in milliseconds as the reasons', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const { headers } = (await server.api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })).body
  const reasonOf = async (changed: object) => {
    const body = { headers: { ...headers, ...changed }, payload: '{}' }
    return (await server.api('POST', `${webhook}/signatures/verify`, { body })).body.reason
  }
  const signature = present(headers['webhook-signature'])
  const asymmetric = signature.replace('v1,', 'v1a,')
  expect(await reasonOf({ 'webhook-signature': `${asymmetric} ${signature}` })).toBeNull()
  expect(await reasonOf({ 'webhook-signature': asymmetric })).toBe('no_known_signature')
  expect(await reasonOf({ 'webhook-timestamp': String(Date.now()) })).toBe('timestamp_in_milliseconds')
  expect(await reasonOf({ 'webhook-timestamp': '0' })).toBe('timestamp_out_of_tolerance')
})

test('signatures without a timestamp never expire', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  await server.api('PATCH', `${webhook}/secret`)
  const { headers } = (await server.api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })).body
  now += 3_000_000
  const { body } = await server.api('POST', `${webhook}/signatures/verify`, {
    body: { headers, payload: '{}' },
  })
  expect(body).toMatchObject({ valid: true, reason: null })
})

test('a PUT sets scheme and header, a PUT without them keeps them, and the audit trail records each change', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const put = async (body: object) => {
    const { status, body: found } = await server.api('PUT', webhook, { body: { url, ...body } })
    return [status, found.signatureScheme, found.signatureHeader]
  }
  expect(await put({ signatureScheme: 'stripe' })).toEqual([200, 'stripe', 'Stripe-Signature'])
  expect(await put({ signatureHeader: 'X-Merchant' })).toEqual([200, 'stripe', 'X-Merchant'])
  expect(await put({ description: 'kept' })).toEqual([200, 'stripe', 'X-Merchant'])
  expect(await put({ description: 'kept', signatureHeader: 'X-Merchant' })).toEqual([
    200,
    'stripe',
    'X-Merchant',
  ])
  expect((await server.api('GET', webhook)).body).toMatchObject({ signatureHeader: 'X-Merchant' })
  await server.api('PATCH', `${webhook}/secret`)
  const signed = await server.api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })
  expect(Object.keys(signed.body.headers)).toEqual(['X-Merchant'])
  expect(await put({ signatureScheme: 'svix' })).toEqual([200, 'svix', 'svix-signature'])
  const { items } = (await server.api('GET', `${webhook}/events`)).body
  expect(items.filter(({ type }) => type === 'webhook.updated').map(({ reason }) => reason)).toEqual([
    'signatureScheme changed from stripe to svix, signatureHeader changed from X-Merchant to svix-signature',
    null,
    'signatureHeader changed from Stripe-Signature to X-Merchant',
    'signatureScheme changed from standard-webhooks to stripe, ' +
      'signatureHeader changed from webhook-signature to Stripe-Signature',
  ])
})

test.each([
  [{ signatureScheme: 'rsa' }, `body/signatureScheme must be one of: ${names.join(', ')}`],
  [{ signatureScheme: null }, `body/signatureScheme must be a string`],
  [
    { signatureHeader: 'X Merchant' },
    'body/signatureHeader must be 1 to 64 letters, digits or hyphens, and start with a letter',
  ],
  [
    { signatureHeader: 'X-Merchant' },
    'body/signatureHeader must be left out or be webhook-signature, as receivers of standard-webhooks expect',
  ],
  [
    { signatureScheme: 'github', signatureHeader: 'authorization' },
    'body/signatureHeader must not be authorization, because HTTP itself gives that header a meaning',
  ],
])('the scheme %j returns 400 before 404, and creates nothing', async (body, message) => {
  const server = await startServer()
  for (let existing = 0; existing < 2; existing++) {
    const answer = await server.api('PUT', '/applications/app_1/webhooks/hook_1', { body: { url, ...body } })
    expect([answer.status, answer.body.message]).toEqual([400, message])
    await server.api('PUT', '/applications/app_1')
  }
  expect((await server.api('GET', '/applications/app_1/webhooks/hook_1')).status).toBe(404)
})

test('the scheme can change while every live key fits the new one', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server, 'app_1', 'hook_1', 'stripe')
  const change = (signatureScheme: string) => server.api('PUT', webhook, { body: { url, signatureScheme } })
  const { keyFingerprint } = (
    await server.api('PATCH', `${webhook}/secret`, { body: { signingSecret: 'legacy-secret-0001' } })
  ).body
  expect((await change('slack')).status).toBe(200)
  const events = async () => (await server.api('GET', `${webhook}/events`)).body.items.length
  const before = await events()
  const refused = await change('svix')
  expect([refused.status, refused.body.message]).toEqual([
    409,
    `The secret of the live key ${keyFingerprint} is not whsec_ followed by base64, as svix requires. ` +
      'Rotate, revoke that key or wait until it expires, and then change the scheme.',
  ])
  expect([(await server.api('GET', webhook)).body.signatureScheme, await events()]).toEqual(['slack', before])
  await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 60 } })
  expect((await change('standard-webhooks')).status).toBe(409)
  now += 61_000
  await server.api('DELETE', `${webhook}/secret/previous`)
  expect((await change('standard-webhooks')).status).toBe(200)
  const signed = await server.api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })
  expect(signed.body.headers['webhook-signature']?.split(' ')).toHaveLength(1)
})

test.each(['whsec_', 'whsk_'])(
  'a description with what looks like a secret (%s) returns 400',
  async (prefix) => {
    const server = await startServer()
    const webhook = await provision(server)
    const body = { url, description: `${prefix}${'a'.repeat(43)}=` }
    const { status, body: error } = await server.api('PUT', webhook, { body })
    expect([status, error.message]).toEqual([
      400,
      'body/description must not contain a signing secret; this field is stored in plaintext',
    ])
  },
)
