import { expect, test } from 'vitest'
import type { Queries, Store } from '../../src/store/store.ts'
import { newDatabase, openDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/server.ts'

const never = new AbortController().signal

async function open(): Promise<Store> {
  const store = await openDatabase(await newDatabase(temporaryFolder()))
  await store.migrate()
  return store
}

function insert(id: string) {
  return async (queries: Queries) => {
    await queries
      .insertInto('applications')
      .values({ id, name: null, created_at: 0, updated_at: 0 })
      .execute()
  }
}

async function ids(store: Store): Promise<string[]> {
  const rows = await store.read((queries) => queries.selectFrom('applications').select('id').execute(), never)
  return rows.map(({ id }) => id)
}

test('runs beforeCommit after the work, while nothing is committed yet', async () => {
  const store = await open()
  const seen: string[][] = []
  await store.write(null, insert('a'), never, async () => {
    seen.push(await ids(store))
  })
  expect([seen, await ids(store)]).toEqual([[[]], ['a']])
})

test('commits nothing if beforeCommit rejects, and later writes succeed', async () => {
  const store = await open()
  const full = new Error('disk full')
  const write = store.write(null, insert('a'), never, () => Promise.reject(full))
  await expect(write).rejects.toBe(full)
  await store.write(null, insert('b'), never)
  expect(await ids(store)).toEqual(['b'])
})
