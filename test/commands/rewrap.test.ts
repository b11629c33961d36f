import { expect, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { sweep } from '../../src/core/sweep.ts'
import { findSealedKey } from '../../src/store/tables/sealed-keys.ts'
import { countKeysNotSealedBy, resealKey } from '../../src/store/tables/sealing.ts'
import { rekey } from '../support/command.ts'
import { execute, openDatabase } from '../support/database.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

const fresh = `k2:${Buffer.alloc(32, 2).toString('base64')}`
const old = exampleEnvironment['REKEY_ENCRYPTION_KEYS'] ?? ''
const never = new AbortController().signal
const payload = { payload: '{}' }

function environment(server: TestServer, keys: string): Environment {
  return { ...exampleEnvironment, DATABASE_URL: server.databaseUrl, REKEY_ENCRYPTION_KEYS: keys }
}

function rewrap(server: TestServer, keys: string) {
  return rekey(['rewrap'], { cwd: server.folder, environment: environment(server, keys) })
}

async function restart(server: TestServer, keys: string): Promise<TestServer> {
  await server.close()
  return startServer({ beside: server, environment: { REKEY_ENCRYPTION_KEYS: keys } })
}

test('once secrets are rewrapped while the server runs, removing the old encryption key does not change signatures', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (let i = 0; i < 3; i++) await server.api('PATCH', `${webhook}/secret`)
  const message = { ...payload, messageId: 'msg_1', timestamp: 1 }
  const before = await server.api('POST', `${webhook}/signatures`, { body: message })

  const both = await restart(server, `${fresh},${old}`)
  const { code, stdout } = await rewrap(server, `${fresh},${old}`)
  expect([code, JSON.parse(stdout)]).toEqual([0, { kid: 'k2', rewrapped: 3, remaining: 0, failed: [] }])
  expect((await both.api('POST', `${webhook}/signatures`, { body: message })).body).toEqual(before.body)

  const only = await restart(both, fresh)
  expect((await only.api('POST', `${webhook}/signatures`, { body: message })).body).toEqual(before.body)
})

test('a second rewrap changes nothing', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  await rewrap(server, `${fresh},${old}`)
  const { stdout } = await rewrap(server, `${fresh},${old}`)
  expect(JSON.parse(stdout)).toEqual({ kid: 'k2', rewrapped: 0, remaining: 0, failed: [] })
})

test('a rewrap that is killed during rotations completes when it is run again', async () => {
  const server = await startServer({ environment: { REKEY_ENCRYPTION_KEYS: `${old},${fresh}` } })
  const hooks = await Promise.all(
    Array.from({ length: 40 }, (_, i) => provision(server, 'app_1', `hook_${i}`)),
  )
  const rotate = (hook: WebhookPath) => server.api('PATCH', `${hook}/secret`, { body: { overlapSeconds: 0 } })
  // Creates enough keys to keep the rewrap running until it is killed, even on a busy machine.
  const rounds = 24
  for (let i = 0; i < rounds; i++) await Promise.all(hooks.map(rotate))
  const keys = rounds * hooks.length

  const store = await openDatabase(server.databaseUrl)
  const resealed = async () =>
    keys - (await store.read((queries) => countKeysNotSealedBy(queries, 'k2'), never))
  const [killed] = await Promise.all([
    rekey(['rewrap'], {
      cwd: server.folder,
      environment: environment(server, `${fresh},${old}`),
      killWhen: async () => (await resealed()) > 0,
    }),
    ...hooks.slice(0, 10).map(rotate),
  ])
  expect(killed.code).toBeNull()
  expect(await resealed()).toBeLessThan(keys)
  const { code, stdout } = await rewrap(server, `${fresh},${old}`)
  const { remaining } = JSON.parse(stdout) as { remaining: number }
  expect([code, remaining]).toEqual([0, 0])
  const only = await restart(server, fresh)
  for (const hook of hooks) {
    expect((await only.api('POST', `${hook}/signatures`, { body: payload })).status).toBe(200)
  }
})

test("if a secret's encryption key is missing, the rewrap fails, names the secret and the kid, and changes nothing", async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const { code, stdout, stderr } = await rewrap(server, fresh)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /app_1\/hook_1\/key_\S+ cannot be unsealed: REKEY_ENCRYPTION_KEYS has no key with kid "k1"/,
  )
  expect((await server.api('POST', `${webhook}/signatures`, { body: payload })).status).toBe(200)
})

const damages = [
  [
    'with a changed authentication tag',
    `sealed_secret = substr(sealed_secret, 1, length(sealed_secret) - 8) || 'AAAAAAAA'`,
  ],
  ['that is not a JWE', `sealed_secret = 'nothing'`],
  ['with an unknown kid', `sealed_secret = 'eyJraWQiOiJrOSJ9....'`],
] as const

test.each(damages)('a rewrap reports a sealed secret %s and rewraps the other secrets', async (_, damage) => {
  const server = await startServer()
  const hooks = []
  for (const id of ['hook_1', 'hook_2', 'hook_3']) hooks.push(await provision(server, 'app_1', id))
  for (const hook of hooks) await server.api('PATCH', `${hook}/secret`)
  // Damages the second of three secrets, so the rewrap must continue after it fails to unseal one.
  expect(
    await execute(server.databaseUrl, `update signing_keys set ${damage} where webhook_id = 'hook_2'`),
  ).toBe(1)

  const { code, stdout, stderr } = await rewrap(server, `${fresh},${old}`)
  const named = {
    applicationId: 'app_1',
    webhookId: 'hook_2',
    keyId: expect.stringMatching(/^key_/) as unknown,
  }
  const message = expect.stringContaining('cannot be unsealed') as unknown
  const failed = [{ ...named, message }]
  expect([code, JSON.parse(stdout)]).toEqual([1, { kid: 'k2', rewrapped: 2, remaining: 1, failed }])
  expect(stderr).toBe(
    'rekey rewrap: some secrets cannot be unsealed and were left unchanged; "failed" lists their signing keys. ' +
      'Add any missing encryption key to REKEY_ENCRYPTION_KEYS, restore the secrets from a backup, or run ' +
      '`rekey rotate --overlap 0` for their webhooks\n',
  )
})

test('once a damaged secret is replaced by a rotation and erased, the old encryption key can be removed', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  await execute(server.databaseUrl, `update signing_keys set sealed_secret = 'nothing'`)
  const both = await restart(server, `${fresh},${old}`)
  expect((await rewrap(both, `${fresh},${old}`)).code).toBe(1)

  await both.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  const store = await openDatabase(server.databaseUrl)
  await sweep(store, Date.now() + 86_400_000, AbortSignal.timeout(10_000))
  const { code, stdout } = await rewrap(both, `${fresh},${old}`)
  expect([code, JSON.parse(stdout)]).toEqual([0, { kid: 'k2', rewrapped: 0, remaining: 0, failed: [] }])
  const only = await restart(both, fresh)
  expect((await only.api('POST', `${webhook}/signatures`, { body: payload })).status).toBe(200)
})

test('a secret erased during a rewrap stays erased', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { headers } = await server.api('PATCH', `${webhook}/secret`)
  const keyId = headers.get('etag')?.slice(1, -1) ?? ''
  await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  const store = await openDatabase(server.databaseUrl)
  const read = () => store.read((queries) => findSealedKey(queries, keyId), never)
  const found = await read()
  if (!found) throw new Error('the key is not there')
  await sweep(store, Date.now() + 86_400_000, AbortSignal.timeout(10_000))
  const replacement = { sealed: found.sealed, sealedBy: 'k2', sha256: found.key.sha256 }
  expect(await store.write(null, (queries) => resealKey(queries, found, replacement), never)).toBe(false)
  expect(await read()).toBeUndefined()
})
