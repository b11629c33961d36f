import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { findChainEnd } from '../../src/store/tables/events.ts'
import { prepared, setPreparedQueryRunner, type RunPrepared } from '../../src/store/prepared-query.ts'
import type { ApplicationRow } from '../../src/store/schema.ts'
import { listSealedKeys } from '../../src/store/tables/sealed-keys.ts'
import { listUnendedKeys } from '../../src/store/tables/signing-keys.ts'
import { webhookExists } from '../../src/store/tables/webhooks.ts'
import { execute, newDatabase, openDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/server.ts'

const signal = new AbortController().signal
const row = (id: string, name: string | null) => ({ id, name, created_at: 1, updated_at: 2 })

async function newStore() {
  const store = await openDatabase(await newDatabase(join(temporaryFolder(), 'data')))
  await store.migrate()
  return store
}

test("builds a prepared query once and binds each call's parameters, including null", async () => {
  const store = await newStore()
  const build = vi.fn<Parameters<typeof prepared<ApplicationRow, ApplicationRow>>[0]>(
    (queries, { id, name, created_at, updated_at }) =>
      queries.insertInto('applications').values({ id, name, created_at, updated_at }).returningAll(),
  )
  const insert = prepared<ApplicationRow, ApplicationRow>(build)
  const inserted = await store.write(
    null,
    async (queries) => [
      await insert(queries, row('a', null)),
      await insert(queries, row('b', 'first')),
      await insert(queries, row('c', 'second')),
    ],
    signal,
  )
  expect(inserted).toEqual([[row('a', null)], [row('b', 'first')], [row('c', 'second')]])
  expect(build).toHaveBeenCalledTimes(1)
})

test('the name of a prepared query depends on its text alone, so that versions and schemas never share a name', async () => {
  const store = await newStore()
  const nameOf = async (column: 'id' | 'name', schema: string) => {
    const find = prepared<{ id: string }, unknown>((queries, { id }) =>
      queries.selectFrom('applications').select(column).where('id', '=', id),
    )
    const queries = await store.read((queries) => Promise.resolve(queries.withSchema(schema)), signal)
    const run = vi.fn<RunPrepared>(() => [])
    setPreparedQueryRunner(queries, run)
    await find(queries, { id: 'a' })
    return run.mock.lastCall?.[0].name
  }
  const name = await nameOf('id', 'one')
  expect(name).toMatch(/^rekey_[0-9a-f]{32}$/)
  expect(await nameOf('id', 'one')).toBe(name)
  expect(await nameOf('name', 'one')).not.toBe(name)
  expect(await nameOf('id', 'two')).not.toBe(name)
})

test('a prepared query can combine constants with parameters', async () => {
  const store = await newStore()
  const find = prepared<{ id: string }, ApplicationRow>((queries, { id }) =>
    queries.selectFrom('applications').selectAll().where('name', '=', 'fixed').where('id', '=', id),
  )
  await store.write(
    null,
    (queries) =>
      queries
        .insertInto('applications')
        .values([row('a', 'fixed'), row('b', 'other'), row('c', 'fixed')])
        .execute(),
    signal,
  )
  const found = await store.read(
    async (queries) => [
      await find(queries, { id: 'c' }),
      await find(queries, { id: 'b' }),
      await find(queries, { id: 'a' }),
    ],
    signal,
  )
  expect(found).toEqual([[row('c', 'fixed')], [], [row('a', 'fixed')]])
})

test('prepared queries still work after a newer version adds a column', async () => {
  const url = await newDatabase(join(temporaryFolder(), 'data'))
  const store = await openDatabase(url)
  await store.migrate()
  const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
  const find = () =>
    store.read(
      async (queries) => [
        await listUnendedKeys(queries, owner, 0),
        await listSealedKeys(queries, owner, 0, 10),
        await findChainEnd(queries, owner),
        await webhookExists(queries, owner),
      ],
      signal,
    )
  const before = await find()
  for (const table of ['signing_keys', 'events', 'webhooks'])
    await execute(url, `alter table ${table} add column of_a_newer_version text`)
  expect(await find()).toEqual(before)
})
