import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { listLiveKeys } from '../../src/store/tables/live-keys.ts'
import { listUnendedKeys } from '../../src/store/tables/signing-keys.ts'
import { newDatabase, onPostgres, openDatabase, execute } from '../support/database.ts'
import { temporaryFolder } from '../support/server.ts'

test('concurrent migrations of one database all succeed, and exactly one applies the changes', async () => {
  const url = await newDatabase(temporaryFolder())
  const stores = await Promise.all(Array.from({ length: 4 }, () => openDatabase(url)))
  const ran = await Promise.all(stores.map((store) => store.migrate()))
  expect(ran.filter((migrations) => migrations.length > 0)).toHaveLength(1)
})

test('a failed migration also rolls back the migrations before it, and can be retried', async () => {
  const url = await newDatabase(temporaryFolder())
  // Makes the third migration fail.
  if (onPostgres) await execute(url, 'create schema rekey')
  await execute(url, 'create table rate_limits (id integer)')
  const store = await openDatabase(url)
  await expect(store.migrate()).rejects.toThrow('already exists')
  const error = await execute(url, 'select * from applications').catch((reason: unknown) => reason)
  expect(inspect(error)).toMatch(/no such table|does not exist/)
  await execute(url, 'drop table rate_limits')
  const [first] = await store.migrate()
  expect(first).toContain('0001')
})

test('a webhook and key stored by the previous version use Standard Webhooks and count as generated', async () => {
  const url = await newDatabase(temporaryFolder())
  const store = await openDatabase(url)
  await store.migrate()
  await execute(url, "insert into applications (id, created_at, updated_at) values ('app', 1, 1)")
  await execute(
    url,
    "insert into webhooks (application_id, id, url, created_at, updated_at) values ('app', 'hook', 'https://a', 1, 1)",
  )
  await execute(
    url,
    `insert into signing_keys (id, application_id, webhook_id, generation, fingerprint, sha256, sealed_secret,
       sealed_by, created_at) values ('key', 'app', 'hook', 1, 'whsec_****0000', '${'0'.repeat(64)}', 'jwe', 'k', 1)`,
  )
  const owner = { applicationId: 'app', webhookId: 'hook' }
  const signal = AbortSignal.timeout(10_000)
  const found = await store.read((queries) => listLiveKeys(queries, 'app', ['hook'], 2), signal)
  expect(found.get('hook')).toMatchObject({
    scheme: { name: 'standard-webhooks', header: null },
    keys: [{ id: 'key', sealed: 'jwe' }],
  })
  const [key] = await store.read((queries) => listUnendedKeys(queries, owner, 2), signal)
  expect(key).toMatchObject({ guessable: false })
})

test('migrate rejects a database that a newer version of Rekey has migrated', async () => {
  const url = await newDatabase(temporaryFolder())
  const store = await openDatabase(url)
  await store.migrate()
  const table = onPostgres ? 'rekey_migration' : 'kysely_migration'
  await execute(url, `insert into ${table} (name, timestamp) values ('0099-future', '2030-01-01')`)
  await expect(store.migrate()).rejects.toThrow(
    /newer version of Rekey has migrated the database \(0099-future\)/,
  )
})
