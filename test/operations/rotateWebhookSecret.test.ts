import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { withDatabase } from '../support/database.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { present } from '../support/present.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

const hour = 3_600_000

async function live(server: TestServer, webhook: WebhookPath): Promise<string[]> {
  const { body } = await server.api('GET', `${webhook}/secret`)
  const keys = [present(body.current), ...body.previous]
  return keys.filter(({ state }) => ['current', 'previous'].includes(state)).map((key) => key.keyFingerprint)
}

function imported(bytes = 32): string {
  return `whsec_${randomBytes(bytes).toString('base64')}`
}

/** Generates secrets until one has the given fingerprint. One secret in 65,536 does. */
function secretWithFingerprint(fingerprint: string): string {
  for (;;) {
    const secret = imported()
    if (createHash('sha256').update(secret).digest('hex').slice(0, 4) === fingerprint.slice(-4)) return secret
  }
}

test('a rotation without a body returns exactly the new secret and its fingerprint', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { status, body, headers } = await server.api('PATCH', `${webhook}/secret`)
  expect(status).toBe(200)
  expect(Object.keys(body).sort()).toEqual(['keyFingerprint', 'signingSecret'])
  expect(body.signingSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const sha256 = createHash('sha256').update(body.signingSecret).digest('hex')
  expect(body.keyFingerprint).toBe(`whsec_****${sha256.slice(0, 4)}`)
  // no-transform keeps proxies from weakening the ETag.
  expect(headers.get('cache-control')).toBe('no-store, no-transform')

  const state = await server.api('GET', `${webhook}/secret`)
  expect(headers.get('etag')).toBe(`"${present(state.body.current).id}"`)
  expect(state.body.current?.sha256).toBe(sha256)
})

test('accepts an empty body with a JSON content type, which is what the documented samples send', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const headers = { 'content-type': 'application/json' }
  expect((await server.api('PATCH', `${webhook}/secret`, { headers })).status).toBe(200)
  expect((await server.api('PATCH', `${webhook}/secret`, { body: {} })).status).toBe(200)
})

test('a second rotation keeps the first key signing until its own overlap ends', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const rotate = async (body?: object) =>
    (await server.api('PATCH', `${webhook}/secret`, { body })).body.keyFingerprint
  const first = await rotate()
  const second = await rotate()
  now += 1000
  const third = await rotate({ overlapSeconds: 60 })
  expect(await live(server, webhook)).toEqual([third, second, first])
  now += 60_000
  expect(await live(server, webhook)).toEqual([third, first])
  now += 24 * hour
  expect(await live(server, webhook)).toEqual([third])
})

test('the overlap is overlapSeconds if set, else REKEY_OVERLAP_SECONDS, else 24 hours', async () => {
  for (const [environment, body, seconds] of [
    [{}, {}, 86_400],
    [{ REKEY_OVERLAP_SECONDS: '60' }, {}, 60],
    [{ REKEY_OVERLAP_SECONDS: '60' }, { overlapSeconds: 604_800 }, 604_800],
  ] as const) {
    const now = Date.now()
    const server = await startServer({ now: () => now, environment })
    const webhook = await provision(server)
    await server.api('PATCH', `${webhook}/secret`, { body })
    await server.api('PATCH', `${webhook}/secret`, { body })
    const state = await server.api('GET', `${webhook}/secret`)
    expect(state.body.previous[0]?.expiresAt).toBe(new Date(now + seconds * 1000).toISOString())
  }
})

test('overlapSeconds 0 revokes every older key immediately', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (let i = 0; i < 3; i++) await server.api('PATCH', `${webhook}/secret`)
  const { body } = await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  expect(await live(server, webhook)).toEqual([body.keyFingerprint])
  const state = await server.api('GET', `${webhook}/secret`)
  expect(state.body.previous.map(({ state }) => state)).toEqual(Array(3).fill('revoked'))
})

test('a rotation that would add an eleventh live key returns 409 with remedies and changes nothing', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (let i = 0; i < 10; i++) await server.api('PATCH', `${webhook}/secret`)
  const before = await server.api('GET', `${webhook}/secret`)
  const { status, body } = await server.api('PATCH', `${webhook}/secret`)
  expect(status).toBe(409)
  expect(body).toMatchObject({ error: 'Conflict', code: 409 })
  const nextEnd = present(before.body.previous.at(-1)?.expiresAt)
  expect(body.message).toBe(
    'This webhook has 10 live keys, the maximum. Rotate with overlapSeconds 0 to revoke all older ' +
      `keys, or wait until ${nextEnd}, when the next one expires.`,
  )
  expect((await server.api('GET', `${webhook}/secret`)).body).toEqual(before.body)
  expect((await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })).status).toBe(200)
  expect(await live(server, webhook)).toHaveLength(1)
})

test.each([24, 32, 64])('imports a secret of %d bytes', async (bytes) => {
  const server = await startServer()
  const webhook = await provision(server)
  const signingSecret = imported(bytes)
  const { status, body } = await server.api('PATCH', `${webhook}/secret`, { body: { signingSecret } })
  expect(status).toBe(200)
  expect(body.signingSecret).toBe(signingSecret)
})

test("importing a live key's secret, or a different secret with the same fingerprint, returns 409", async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { body } = await server.api('PATCH', `${webhook}/secret`)
  for (const signingSecret of [body.signingSecret, secretWithFingerprint(body.keyFingerprint)]) {
    const refused = await server.api('PATCH', `${webhook}/secret`, { body: { signingSecret } })
    expect(refused.status).toBe(409)
    expect(refused.body.message).toBe(
      'A live key of this webhook has this secret or the same fingerprint. Import a different secret, ' +
        'or omit signingSecret to generate one.',
    )
    expect(refused.text).not.toContain(signingSecret)
  }
  expect(await live(server, webhook)).toEqual([body.keyFingerprint])
})

test.each([
  ['overlapSeconds', { overlapSeconds: -1 }],
  ['overlapSeconds', { overlapSeconds: 604_801 }],
  ['overlapSeconds', { overlapSeconds: 1.5 }],
  ['overlapSeconds', { overlapSeconds: '60' }],
  ['overlapSeconds', { overlapSeconds: null }],
  ['reason', { reason: '' }],
  ['reason', { reason: 'x'.repeat(501) }],
  ['reason', { reason: 'a\0' }],
  ['signingSecret', { signingSecret: 'fifteen-letters' }],
  ['signingSecret', { signingSecret: 'x'.repeat(257) }],
  ['signingSecret', { signingSecret: 'whsec_not base64, and a secret all the same' }],
  ['property', { overlap: 60 }],
])('an invalid %s returns 400 without repeating a secret, and changes nothing', async (place, body) => {
  const server = await startServer()
  const webhook = await provision(server)
  const answer = await server.api('PATCH', `${webhook}/secret`, { body })
  expect(answer.status).toBe(400)
  expect(answer.body.message).toContain(place)
  if ('signingSecret' in body) expect(answer.text).not.toContain(body.signingSecret)
  expect(await live(server, webhook).catch(() => 'none')).toBe('none')
})

test('a key records who created it and why', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const bearer = await token({ sub: 'alice' })
  await server.api('PATCH', `${webhook}/secret`, { token: bearer, body: { reason: 'Leaked in a ticket' } })
  const { body } = await server.api('GET', `${webhook}/secret`)
  expect(body.current).toMatchObject({ createdBy: 'alice', reason: 'Leaked in a ticket' })
})

test('a reason that contains a signing secret returns 400, and the error does not repeat the secret', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const secret = imported(24)
  const reason = `leaked: ${secret} in CI`
  const { status, text } = await server.api('PATCH', `${webhook}/secret`, { body: { reason } })
  expect(status).toBe(400)
  expect(text).toContain('body/reason must not contain a signing secret')
  expect(text).not.toContain(secret)
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(0)
  const harmless = { reason: 'whsec_****1a2b leaked in CI' }
  expect((await server.api('PATCH', `${webhook}/secret`, { body: harmless })).status).toBe(200)
})

test('rotating the secret of a missing webhook or application returns 404', async () => {
  const server = await startServer()
  await provision(server)
  expect((await server.api('PATCH', '/applications/app_1/webhooks/other/secret')).status).toBe(404)
  expect((await server.api('PATCH', '/applications/other/webhooks/hook_1/secret')).status).toBe(404)
})

test('ten concurrent rotations all succeed, and each creates a live key', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => server.api('PATCH', `${webhook}/secret`)),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
  const fingerprints = answers.map(({ body }) => body.keyFingerprint)
  expect((await live(server, webhook)).sort()).toEqual(fingerprints.sort())
})

test('a new secret survives a restart and is stored only sealed', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { body } = await server.api('PATCH', `${webhook}/secret`)
  await server.close()
  const again = await startServer({ beside: server })
  expect(await live(again, webhook)).toEqual([body.keyFingerprint])

  const rows = await withDatabase(server.databaseUrl, (queries) =>
    queries.selectFrom('signing_keys').selectAll().execute(),
  )
  expect(JSON.stringify(rows)).not.toContain(body.signingSecret.slice(6))
  expect(rows[0]?.sealed_secret?.split('.')).toHaveLength(5)
})
