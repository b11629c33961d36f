import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sweep } from '../../src/core/sweep.ts'
import { Keyring } from '../../src/domain/sealing.ts'
import { parseSigningSecret } from '../../src/domain/signing-secret.ts'
import { rekey } from '../support/command.ts'
import { openDatabase, withDatabase } from '../support/database.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

const signingSecret = 'correct-horse-battery'
const fresh = `k2:${Buffer.alloc(32, 2).toString('base64')}`
const old = exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''

/** Imports the secret. */
function importSecret(server: TestServer, webhook: WebhookPath, body: object = {}, headers = {}) {
  return server.api('PATCH', `${webhook}/secret`, { body: { signingSecret, ...body }, headers })
}

/** Reads everything that the database keeps about the webhook's keys, newest first. */
function storedKeys(server: TestServer) {
  return withDatabase(server.databaseUrl, (queries) =>
    queries.selectFrom('signing_keys').selectAll().orderBy('generation', 'desc').execute(),
  )
}

function expectedHash(keys: string): string {
  const [kid = '', key = ''] = keys.split(':')
  return new Keyring([{ kid, key: Buffer.from(key, 'base64') }]).fingerprint(
    parseSigningSecret(signingSecret),
  ).sha256
}

test('a secret that a person may have chosen is shown and stored with an HMAC instead of its SHA-256', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  const { body } = await importSecret(server, webhook)
  const hash = expectedHash(old)
  expect(body).toEqual({ keyFingerprint: `whsec_****${hash.slice(0, 4)}`, signingSecret })
  const state = await server.api('GET', `${webhook}/secret`)
  expect(state.body.current).toMatchObject({ keyFingerprint: body.keyFingerprint, sha256: null })
  expect(await storedKeys(server)).toMatchObject([{ sha256: hash, guessable: 1 }])
  expect(hash).not.toBe(createHash('sha256').update(signingSecret).digest('hex'))
})

test('a rewrap recomputes the HMAC and keeps the fingerprint', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  const { body } = await importSecret(server, webhook)
  const environment = {
    ...exampleEnvironment,
    DATABASE_URL: server.databaseUrl,
    REKEY_ENCRYPTION_KEYS: `${fresh},${old}`,
  }
  const { stdout } = await rekey(['rewrap'], { cwd: server.folder, environment })
  expect(JSON.parse(stdout)).toMatchObject({ rewrapped: 1, failed: [] })
  expect(await storedKeys(server)).toMatchObject([
    { sha256: expectedHash(fresh), fingerprint: body.keyFingerprint, sealed_by: 'k2' },
  ])
})

test('the HMAC is erased with the secret, and the fingerprint stays', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  const { body } = await importSecret(server, webhook)
  await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  const before = await storedKeys(server)
  const store = await openDatabase(server.databaseUrl)
  await sweep(store, Date.now() + 86_500_000, AbortSignal.timeout(10_000))
  const [current, erased] = await storedKeys(server)
  expect(current).toEqual(before[0])
  expect(erased).toEqual({ ...before[1], sealed_secret: null, sealed_by: null, sha256: '0'.repeat(64) })
  const state = await server.api('GET', `${webhook}/secret`)
  expect(state.body.previous).toMatchObject([
    { keyFingerprint: body.keyFingerprint, sha256: null, secretErased: true },
  ])
})

test('importing the secret of a live key returns 409, even if an older encryption key sealed that key', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  await importSecret(server, webhook)
  expect((await importSecret(server, webhook)).status).toBe(409)
  await server.close()
  const both = await startServer({
    beside: server,
    environment: { REKEY_ENCRYPTION_KEYS: `${fresh},${old}` },
  })
  expect((await importSecret(both, webhook)).status).toBe(409)
})

test('a retry with the same secret returns it again, and one with another secret returns 422', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  const retry = { 'idempotency-key': 'import-1' }
  const { body } = await importSecret(server, webhook, {}, retry)
  const again = await importSecret(server, webhook, {}, retry)
  expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([200, body, 'true'])
  const other = await importSecret(server, webhook, { signingSecret: `${signingSecret}!` }, retry)
  expect([other.status, other.body.message]).toEqual([422, expect.stringContaining('a different body')])
  expect(other.text).not.toContain(signingSecret)
  const without = await server.api('PATCH', `${webhook}/secret`, { headers: retry })
  expect(without.status).toBe(422)
  const bodies = await withDatabase(server.databaseUrl, (queries) =>
    queries.selectFrom('idempotency_records').select('body').execute(),
  )
  const entries = JSON.stringify(Object.entries({ signingSecret }).sort())
  expect(bodies).not.toContainEqual({ body: createHash('sha256').update(entries).digest('hex') })
})

test('a reason that contains the imported secret returns 400', async () => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  const { status, body, text } = await importSecret(server, webhook, { reason: `was ${signingSecret}` })
  expect([status, body.message]).toEqual([
    400,
    'body/reason must not contain a signing secret; this field is stored in plaintext',
  ])
  expect(text).not.toContain(signingSecret)
  expect((await importSecret(server, webhook, { reason: 'from the old system' })).status).toBe(200)
})

test('a previous key whose secret was imported again is not probed, whichever encryption key sealed it', async () => {
  const server = await startServer({ environment: { REKEY_PROBE_ALLOW: '127.0.0.0/8' } })
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  await server.api('PUT', webhook, { body: { url: 'http://127.0.0.1:9/' } })
  await importSecret(server, webhook)
  await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  await server.close()
  const both = await startServer({
    beside: server,
    environment: { REKEY_PROBE_ALLOW: '127.0.0.0/8', REKEY_ENCRYPTION_KEYS: `${fresh},${old}` },
  })
  await importSecret(both, webhook, { overlapSeconds: 0 })
  const { body } = await both.api('POST', `${webhook}/probes`, { body: { expectPreviousRefused: true } })
  const fingerprints = body.messages.map(({ signedWith, keyFingerprint }) => [signedWith, keyFingerprint])
  expect(fingerprints.filter(([signedWith]) => signedWith === 'previous')).toHaveLength(1)
})
