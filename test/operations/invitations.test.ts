import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { withDatabase } from '../support/database.ts'
import { invitationOf, invite, rotateWith } from '../support/invitations.ts'
import { present } from '../support/present.ts'
import { events, liveKeys, newSecret } from '../support/probes.ts'
import { expectInvalidToken } from '../support/refusals.ts'
import { provision, startServer } from '../support/server.ts'
import { token as jwt } from '../support/tokens.ts'

const day = 86_400_000

test('an invitation rotates its webhook once, with the overlap and reason of the invitation, and records who invited', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const old = await newSecret(server, webhook)
  const asked = { overlapSeconds: 600, reason: 'leaked' }
  const { id, token } = await invite(server, webhook, asked, await jwt({ sub: 'ada' }))
  const rotated = await rotateWith(server, webhook, token)
  expect(rotated.status).toBe(200)
  expect(rotated.body.signingSecret).not.toBe(old)
  const { body: state } = await server.api('GET', `${webhook}/secret`)
  const current = present(state.current)
  const actor = `invitation ${id} by ada`
  expect(current).toMatchObject({ createdBy: actor, reason: 'leaked' })
  expect(Date.parse(present(state.previous[0]).expiresAt ?? '') - Date.parse(current.createdAt)).toBe(600_000)
  expect((await events(server, webhook)).slice(0, 2)).toMatchObject([
    { type: 'secret.rotated', actor, reason: 'leaked' },
    { type: 'invitation.created', actor: 'ada', reason: expect.stringContaining(id) },
  ])

  expectInvalidToken(await rotateWith(server, webhook, token, 'another'), 'The invitation was used')
  expect(await liveKeys(server, webhook)).toBe(2)
})

test('an invitation with endWhenProven makes probes end the overlap of its rotation', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  for (const endWhenProven of [true, false]) {
    const { token } = await invite(server, webhook, { endWhenProven })
    await rotateWith(server, webhook, token)
    expect((await server.api('GET', `${webhook}/secret`)).body.overlap).toMatchObject({ endWhenProven })
  }
})

test.each(['stripe', 'github', 'ed25519'])(
  'an invitation rotates a webhook with the scheme %s',
  async (scheme) => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', scheme)
    const { token } = await invite(server, webhook)
    const rotated = await rotateWith(server, webhook, token)
    expect([rotated.status, rotated.body.signingSecret]).toEqual([
      200,
      expect.stringMatching(scheme === 'ed25519' ? /^whpk_/ : /^whsec_/),
    ])
    expectInvalidToken(await rotateWith(server, webhook, token, 'another'), 'The invitation was used')
  },
)

test('a retry with the same Idempotency-Key gets the same secret again, and one with another key gets none', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { token } = await invite(server, webhook)
  const first = await rotateWith(server, webhook, token, 'mine')
  const again = await rotateWith(server, webhook, token, 'mine')
  expect(again.body).toEqual(first.body)
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expectInvalidToken(await rotateWith(server, webhook, token, 'yours'), 'The invitation was used')
  // Idempotency keys belong to a caller: with a JWT, the same key is another request.
  const other = await server.api('PATCH', `${webhook}/secret`, { headers: { 'idempotency-key': 'mine' } })
  expect(other.body.signingSecret).not.toBe(first.body.signingSecret)
})

test('of two people who use a link at the same time, one rotates and the other gets 401', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { token } = await invite(server, webhook)
  const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`)
  const answers = await Promise.all(keys.map((key) => rotateWith(server, webhook, token, key)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(401)])
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('only a rotation that returns 200 uses an invitation', async () => {
  const server = await startServer({ environment: { REKEY_ROTATIONS_PER_MINUTE: '1' } })
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { token } = await invite(server, webhook)
  expect((await rotateWith(server, webhook, token)).status).toBe(429)
  const unmatched = { 'idempotency-key': 'one', 'if-none-match': '*' }
  expect((await server.api('PATCH', `${webhook}/secret`, { token, headers: unmatched })).status).toBe(429)
  expect((await server.api('PATCH', `${webhook}/secret`, { token })).status).toBe(400)
  expect((await invitationOf(server, token)).body).toMatchObject({ state: 'open', usedAt: null })
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('a used invitation is 401 before the rotation limit is 429', async () => {
  const server = await startServer({ environment: { REKEY_ROTATIONS_PER_MINUTE: '1' } })
  const webhook = await provision(server)
  const { token } = await invite(server, webhook)
  expect((await rotateWith(server, webhook, token)).status).toBe(200)
  expectInvalidToken(await rotateWith(server, webhook, token, 'another'), 'The invitation was used')
  expect((await server.api('PATCH', `${webhook}/secret`)).status).toBe(429)
})

test('a rotation that fails after it has marked the invitation as used leaves the invitation open', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { token } = await invite(server, webhook)
  const headers = { 'idempotency-key': 'one', 'if-none-match': '*' }
  expect((await server.api('PATCH', `${webhook}/secret`, { token, headers })).status).toBe(412)
  expect((await invitationOf(server, token)).body).toMatchObject({ state: 'open', usedAt: null })
  expect((await rotateWith(server, webhook, token)).status).toBe(200)
})

test('with an invitation, a rotation needs an Idempotency-Key and must have no body', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { token } = await invite(server, webhook)
  const without = await server.api('PATCH', `${webhook}/secret`, { token })
  expect([without.status, without.body.message]).toEqual([400, expect.stringContaining('Idempotency-Key')])
  for (const body of [{}, { overlapSeconds: 0 }, { reason: 'mine' }]) {
    const headers = { 'idempotency-key': 'one' }
    const refused = await server.api('PATCH', `${webhook}/secret`, { token, headers, body })
    expect([refused.status, refused.body.message]).toEqual([
      400,
      expect.stringMatching(/^body must be omitted/),
    ])
  }
  expect(await liveKeys(server, webhook)).toBe(0)
})

test('getInvitation shows the webhook and what a rotation does, but no keys, reasons or people', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PUT', '/applications/app_1', { body: { name: 'Example Shop' } })
  await server.api('PUT', webhook, {
    body: { url: 'https://merchant.example/hooks/hidden-path', signatureScheme: 'github' },
  })
  const asked = { overlapSeconds: 900, endWhenProven: true, reason: 'leaked' }
  const { id, token, expiresAt } = await invite(server, webhook, asked, await jwt({ sub: 'ada' }))
  const expected = {
    id,
    applicationId: 'app_1',
    applicationName: 'Example Shop',
    webhookId: 'hook_1',
    receiverOrigin: 'https://merchant.example',
    signatureScheme: 'github',
    overlapSeconds: 900,
    endWhenProven: true,
    state: 'open',
    expiresAt,
    usedAt: null,
    probesLeft: 10,
  }
  const read = await invitationOf(server, token)
  expect([read.status, read.body]).toEqual([200, expected])
  await rotateWith(server, webhook, token)
  const after = (await invitationOf(server, token)).body
  expect(after).toEqual({ ...expected, state: 'used', usedAt: expect.stringMatching(/Z$/) })
  for (const text of ['ada', 'leaked', 'hidden-path', 'whsec_'])
    expect(JSON.stringify(after)).not.toContain(text)
})

test('the list shows the state of each invitation, and never its link', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const expired = await invite(server, webhook, { expiresInSeconds: 300 })
  now += 1_000
  const used = await invite(server, webhook, { expiresInSeconds: 604_800, reason: 'yearly' })
  now += 1_000
  const revoked = await invite(server, webhook, { expiresInSeconds: 604_800, overlapSeconds: 604_800 })
  await rotateWith(server, webhook, used.token)
  await server.api('DELETE', `${webhook}/secret/invitations/${revoked.id}`)
  now += 300_000
  const open = await invite(server, webhook)
  const { body, text } = await server.api('GET', `${webhook}/secret/invitations`)
  expect(body).toMatchObject({
    items: [
      { id: open.id, state: 'open', createdBy: 'tester', overlapSeconds: 86_400, reason: null },
      { id: revoked.id, state: 'revoked', revokedAt: expect.any(String), overlapSeconds: 604_800 },
      { id: used.id, state: 'used', usedAt: expect.any(String), reason: 'yearly' },
      { id: expired.id, state: 'expired', usedAt: null, revokedAt: null, expiresAt: expired.expiresAt },
    ],
    nextCursor: null,
  })
  expect(text).not.toContain('rki_')

  const paged: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { body: page } = await server.api('GET', `${webhook}/secret/invitations?limit=1${after}`)
    paged.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  expect(paged).toEqual([open.id, revoked.id, used.id, expired.id])
  const wrong = Buffer.from('17.inv').toString('base64url')
  expect((await server.api('GET', `${webhook}/secret/invitations?cursor=${wrong}`)).status).toBe(400)
})

test("without overlapSeconds, an invitation uses the server's default overlap, but at least 300 seconds", async () => {
  for (const [configured, taken] of [
    ['7200', 7_200],
    ['0', 300],
  ] as const) {
    const server = await startServer({ environment: { REKEY_OVERLAP_SECONDS: configured } })
    const webhook = await provision(server)
    const { token } = await invite(server, webhook)
    expect((await invitationOf(server, token)).body.overlapSeconds).toBe(taken)
  }
})

test('a revoked invitation is refused by every operation, and revoking it again changes nothing', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { id, token } = await invite(server, webhook)
  const path = `${webhook}/secret/invitations/${id}` as const
  const missing = `${webhook}/secret/invitations/inv_AAAAAAAAAAAAAAAAAAAAAA` as const
  expect((await server.api('DELETE', missing)).status).toBe(404)
  const before = (await events(server, webhook)).length
  expect((await server.api('DELETE', path)).status).toBe(204)
  expect((await server.api('DELETE', path)).status).toBe(204)
  expect(await events(server, webhook)).toHaveLength(before + 1)
  expect((await events(server, webhook))[0]).toMatchObject({ type: 'invitation.revoked', reason: id })
  expectInvalidToken(await invitationOf(server, token), 'The invitation was revoked')
  expectInvalidToken(await rotateWith(server, webhook, token), 'The invitation was revoked')
  expect(await liveKeys(server, webhook)).toBe(0)
})

test('after a used invitation is revoked, it allows no replays or probes, and its rotation stays in effect', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { id, token } = await invite(server, webhook)
  await rotateWith(server, webhook, token)
  await server.api('DELETE', `${webhook}/secret/invitations/${id}`)
  expectInvalidToken(await rotateWith(server, webhook, token), 'The invitation was revoked')
  expectInvalidToken(await server.api('POST', `${webhook}/probes`, { token }), 'The invitation was revoked')
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('an expired invitation is refused, whether or not it has been used', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const used = await invite(server, webhook, { expiresInSeconds: 300 })
  const unused = await invite(server, webhook, { expiresInSeconds: 300 })
  await rotateWith(server, webhook, used.token)
  now += 299_999
  expect((await invitationOf(server, used.token)).status).toBe(200)
  now += 1
  for (const { token } of [used, unused]) {
    expectInvalidToken(await invitationOf(server, token), 'The invitation has expired')
    expectInvalidToken(await rotateWith(server, webhook, token), 'The invitation has expired')
  }
})

test('an invitation is deleted with its webhook, and with its application', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (const path of [webhook, '/applications/app_1'] as const) {
    const { token } = await invite(server, await provision(server))
    await server.api('DELETE', path)
    expectInvalidToken(await invitationOf(server, token), 'The invitation is unknown')
    await provision(server)
    expectInvalidToken(await rotateWith(server, webhook, token), 'The invitation is unknown')
  }
  const stored = withDatabase(server.databaseUrl, (queries) =>
    queries.selectFrom('rotation_invitations').selectAll().execute(),
  )
  expect(await stored).toEqual([])
})

test('an invitation that was revoked while the clock was wrong stays revoked once the clock is right', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now, uptime: () => 0 })
  const webhook = await provision(server)
  const { id, token } = await invite(server, webhook)
  now += 2 * day
  expect((await server.api('DELETE', `${webhook}/secret/invitations/${id}`)).status).toBe(204)
  now -= 2 * day
  expectInvalidToken(await rotateWith(server, webhook, token), 'The invitation was revoked')
})

test('the database stores only the SHA-256 of a token', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { token } = await invite(server, webhook)
  expect(token).toMatch(/^rki_[\w-]{43}$/)
  const rows = await withDatabase(server.databaseUrl, (queries) =>
    queries.selectFrom('rotation_invitations').selectAll().execute(),
  )
  expect(rows).toMatchObject([{ token_sha256: createHash('sha256').update(token).digest('hex') }])
  // The search of the whole database for issued secrets, after each test, includes the token.
  expect(JSON.stringify(rows)).not.toContain(token.slice(4))
})

test('a webhook has at most 20 open invitations, and keeps its newest 100 in any state', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const first = await invite(server, webhook, { expiresInSeconds: 604_800 })
  for (let count = 1; count < 20; count++) await invite(server, webhook, { expiresInSeconds: 600_000 })
  const refused = await server.api('POST', `${webhook}/secret/invitations`, {
    body: { expiresInSeconds: 300 },
  })
  expect([refused.status, refused.body.message]).toEqual([
    409,
    expect.stringMatching(/^This webhook has 20 open invitations, the maximum\. Revoke one, or wait until /),
  ])
  await server.api('DELETE', `${webhook}/secret/invitations/${first.id}`)
  for (let count = 0; count < 90; count++) {
    now += 1
    const { id } = await invite(server, webhook)
    await server.api('DELETE', `${webhook}/secret/invitations/${id}`)
  }
  const { items } = (await server.api('GET', `${webhook}/secret/invitations?limit=100`)).body
  expect(items).toHaveLength(100)
  expect(items.filter(({ state }) => state === 'open')).toHaveLength(19)
  expectInvalidToken(await invitationOf(server, first.token), 'The invitation is unknown')
  now += 8 * day
  expect(
    (await server.api('POST', `${webhook}/secret/invitations`, { body: { expiresInSeconds: 300 } })).status,
  ).toBe(201)
})

test.each([
  [{}, /expiresInSeconds is required/],
  [{ expiresInSeconds: 299 }, /expiresInSeconds must be from 300 to 604800/],
  [{ expiresInSeconds: 300, overlapSeconds: 0 }, /overlapSeconds must be from 300 to 604800/],
  [{ expiresInSeconds: 300, signingSecret: 'x'.repeat(20) }, /unknown property `signingSecret`/],
  [{ expiresInSeconds: 300, reason: `whsec_${'A'.repeat(43)}=` }, /must not contain a signing secret/],
])('an invitation with %j is refused', async (body, message) => {
  const server = await startServer()
  const webhook = await provision(server)
  const answer = await server.api('POST', `${webhook}/secret/invitations`, { body })
  expect([answer.status, answer.body.message]).toEqual([400, expect.stringMatching(message)])
})
