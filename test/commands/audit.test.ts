import { expect, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { sweep } from '../../src/core/sweep.ts'
import { rekey } from '../support/command.ts'
import { execute, openDatabase } from '../support/database.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { writeLongTrail } from '../support/long-trail.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

async function audit(server: TestServer, args = ['verify'], settings: Environment = {}) {
  const environment = { ...exampleEnvironment, DATABASE_URL: server.databaseUrl, ...settings }
  const result = await rekey(['audit', ...args], { cwd: server.folder, environment })
  return { ...result, json: (result.stdout === '' ? null : JSON.parse(result.stdout)) as unknown }
}

/** Starts a server with two webhooks, each created and then rotated twice. */
async function trail(): Promise<TestServer> {
  const server = await startServer()
  for (const id of ['hook_1', 'hook_2']) {
    const webhook = await provision(server, 'app_1', id)
    for (let i = 0; i < 2; i++)
      await server.api('PATCH', `${webhook}/secret`, { body: { reason: 'routine' } })
  }
  return server
}

test('the audit reports no break and exits with 0 if nobody has tampered with the database', async () => {
  const { code, json } = await audit(await trail())
  expect([code, json]).toEqual([0, { chains: 2, events: 6, broken: null }])
})

test('a webhook that is deleted and recreated continues its audit chain', async () => {
  const server = await trail()
  await server.api('DELETE', '/applications/app_1')
  await provision(server)
  expect((await audit(server)).json).toEqual({ chains: 2, events: 9, broken: null })
})

test.each([
  [
    'a changed event',
    `update events set reason = 'nothing' where webhook_id = 'hook_2' and sequence = 2`,
    'event 2 of app_1/hook_2: its content was changed',
  ],
  [
    'a changed actor',
    `update events set actor = null where webhook_id = 'hook_1' and sequence = 3`,
    'event 3 of app_1/hook_1: its content was changed',
  ],
  [
    'a removed event',
    `delete from events where webhook_id = 'hook_2' and sequence = 2`,
    'event 3 of app_1/hook_2: an event before it is missing',
  ],
  [
    'a removed first event',
    `delete from events where webhook_id = 'hook_1' and sequence = 1`,
    'event 2 of app_1/hook_1: an event before it is missing',
  ],
  [
    'an event linked to another chain',
    `update events set previous_hash = (select hash from events where webhook_id = 'hook_1' and sequence = 1) where webhook_id = 'hook_2' and sequence = 2`,
    'event 2 of app_1/hook_2: its previousHash does not match the hash of the previous event',
  ],
  [
    'a removed last event',
    `delete from events where webhook_id = 'hook_2' and sequence = 3`,
    'of app_1/hook_2: its expiry differs from the audit trail',
  ],
  [
    'a key that no event records',
    `update signing_keys set id = 'key_other' where webhook_id = 'hook_2' and generation = 2`,
    'key key_other of app_1/hook_2: no event in the audit trail records it',
  ],
  [
    'a key with a later expiry',
    `update signing_keys set expires_at = expires_at + 1 where webhook_id = 'hook_1' and generation = 1`,
    'of app_1/hook_1: its expiry differs from the audit trail',
  ],
  [
    'a current key with an expiry',
    `update signing_keys set expires_at = created_at where webhook_id = 'hook_2' and generation = 2`,
    'of app_1/hook_2: its expiry differs from the audit trail',
  ],
  [
    'a key revoked without an event',
    `update signing_keys set revoked_at = created_at where webhook_id = 'hook_2' and generation = 1`,
    'of app_1/hook_2: its revocation differs from the audit trail',
  ],
])('the audit reports %s and exits with 1', async (_, sql, message) => {
  const server = await trail()
  expect(await execute(server.databaseUrl, sql)).toBe(1)
  const { code, json, stderr } = await audit(server)
  expect([code, json]).toEqual([
    1,
    expect.objectContaining({ broken: expect.stringContaining(message) as unknown }),
  ])
  expect(stderr).toContain(message)
})

test.each([
  [
    'a key whose revocation was undone',
    `update signing_keys set revoked_at = null where webhook_id = 'hook_2' and generation = 1`,
  ],
  [
    'a removed revocation event at the end of the chain',
    `delete from events where webhook_id = 'hook_2' and type = 'secret.previous_revoked'`,
  ],
])('the audit detects %s and exits with 1', async (_, sql) => {
  const server = await trail()
  await server.api('DELETE', '/applications/app_1/webhooks/hook_2/secret/previous')
  expect(await execute(server.databaseUrl, sql)).toBe(1)
  const { code, json } = await audit(server)
  const fault = /^key key_\S+ of app_1\/hook_2: its revocation differs from the audit trail$/
  expect([code, json]).toEqual([
    1,
    expect.objectContaining({ broken: expect.stringMatching(fault) as unknown }),
  ])
})

test('the audit reports no break after keys become inactive and their secrets are erased', async () => {
  const server = await trail()
  await server.api('DELETE', '/applications/app_1/webhooks/hook_1/secret/previous')
  const noOverlap = { body: { overlapSeconds: 0 } }
  await server.api('PATCH', '/applications/app_1/webhooks/hook_2/secret', noOverlap)
  const store = await openDatabase(server.databaseUrl)
  const inNineDays = Date.now() + 9 * 86_400_000
  const swept = await sweep(store, inNineDays, AbortSignal.timeout(10_000))
  expect(swept.secretsErased).toBe(3)
  expect((await audit(server)).json).toEqual({ chains: 2, events: 8, broken: null })
})

test('the audit reports a key that was reinserted after its webhook was deleted and recreated', async () => {
  const server = await trail()
  const back = `insert into signing_keys select * from kept where webhook_id = 'hook_2' and generation = 1`
  await execute(server.databaseUrl, 'create table kept as select * from signing_keys')
  await server.api('DELETE', '/applications/app_1/webhooks/hook_2')
  await provision(server, 'app_1', 'hook_2')
  expect((await audit(server)).json).toMatchObject({ broken: null })
  expect(await execute(server.databaseUrl, back)).toBe(1)
  const { code, stderr } = await audit(server)
  expect(code).toBe(1)
  expect(stderr).toMatch(/key key_\S+ of app_1\/hook_2: no event in the audit trail records it/)
})

const owner = { applicationId: 'app_1', webhookId: 'hook_1' }

test('the audit of a webhook with 10,000 keys succeeds even if the request timeout is 1 second', async () => {
  const server = await startServer()
  await provision(server)
  await writeLongTrail(server.databaseUrl, owner, 10_000)
  const { code, json, stderr } = await audit(server, ['verify'], { REKEY_REQUEST_TIMEOUT_MS: '1000' })
  expect([code, stderr, json]).toEqual([0, '', { chains: 1, events: 10_001, broken: null }])
})

test.each([1_000, 1_001, 2_500])('the audit detects a changed ID on the newest of %i keys', async (keys) => {
  const server = await startServer()
  await provision(server)
  await writeLongTrail(server.databaseUrl, owner, keys)
  await provision(server, 'app_1', 'hook_2')
  expect((await audit(server)).json).toEqual({ chains: 2, events: keys + 2, broken: null })
  const change = `update signing_keys set id = 'key_other' where generation = ${keys}`
  expect(await execute(server.databaseUrl, change)).toBe(1)
  expect((await audit(server)).json).toMatchObject({
    broken: 'key key_other of app_1/hook_1: no event in the audit trail records it',
  })
})

test('the audit reports no break while rotations run', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await writeLongTrail(server.databaseUrl, owner, 3_000)
  const stop = new AbortController()
  const rotate = async () => {
    while (!stop.signal.aborted)
      await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  }
  const rotating = rotate()
  const audits = []
  for (let i = 0; i < 3; i++) audits.push(await audit(server))
  stop.abort()
  await rotating
  for (const { json } of audits) expect(json).toMatchObject({ broken: null })
})

test('rejects an unknown audit subcommand with exit code 2', async () => {
  const { code, stderr } = await audit(await startServer(), ['repair'])
  expect(code).toBe(2)
  expect(stderr).toContain('rekey audit verify')
})
