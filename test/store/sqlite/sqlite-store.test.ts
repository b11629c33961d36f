import { getEventListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { RekeyError } from '../../../src/errors.ts'
import { prepared } from '../../../src/store/prepared-query.ts'
import type { ApplicationRow } from '../../../src/store/schema.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite-store.ts'
import type { Queries, Store } from '../../../src/store/store.ts'
import { temporaryFolder } from '../../support/server.ts'

const never = new AbortController().signal

interface Opened {
  store: Store
  file: string
}

async function open(): Promise<Opened> {
  const file = join(temporaryFolder(), 'rekey.db')
  const store = openSqlite(file)
  onTestFinished(() => store.close())
  await store.migrate()
  return { store, file }
}

function insert(id: string) {
  return (queries: Queries) =>
    queries.insertInto('applications').values({ id, name: null, created_at: 0, updated_at: 0 }).execute()
}

function insertEvent(at: number) {
  return async (queries: Queries) => {
    await insert('a')(queries)
    const times = { created_at: 0, updated_at: 0 }
    const owner = { application_id: 'a', webhook_id: 'b' }
    const webhook = {
      application_id: 'a',
      id: 'b',
      url: 'https://receiver.example',
      description: null,
      signature_scheme: 'standard-webhooks' as const,
      signature_header: null,
      ...times,
    }
    await queries.insertInto('webhooks').values(webhook).execute()
    const chain = { sequence: 1, previous_hash: '', hash: '' }
    const event = {
      type: 'webhook.created' as const,
      at,
      actor: null,
      reason: null,
      request_id: null,
      key: null,
    }
    await queries
      .insertInto('events')
      .values({ ...owner, ...chain, ...event, ended_keys: '[]' })
      .execute()
  }
}

async function ids(store: Store): Promise<string[]> {
  const rows = await store.read((queries) => queries.selectFrom('applications').select('id').execute(), never)
  return rows.map(({ id }) => id)
}

/** Opens a connection that SQLite treats like one from another process. */
function stranger(file: string) {
  const database = new SqliteDatabase(file, { timeout: 0 })
  onTestFinished(() => {
    database.close()
  })
  return database
}

test('creates and migrates a new database, and a second migration does nothing', async () => {
  const store = openSqlite(join(temporaryFolder(), 'new', 'folder', 'rekey.db'))
  onTestFinished(() => store.close())
  expect(await store.migrate()).not.toEqual([])
  expect(await store.migrate()).toEqual([])
})

test('two stores can migrate the same file at once, and exactly one of them applies the changes', async () => {
  const file = join(temporaryFolder(), 'rekey.db')
  const stores = [openSqlite(file), openSqlite(file)]
  onTestFinished(async () => {
    for (const store of stores) await store.close()
  })
  const ran = await Promise.all(stores.map((store) => store.migrate()))
  expect(ran.filter((migrations) => migrations.length > 0)).toHaveLength(1)
})

test('once a write resolves, other connections see its data', async () => {
  const { store, file } = await open()
  await store.write(null, insert('a'), never)
  expect(stranger(file).prepare('select id from applications').all()).toEqual([{ id: 'a' }])
})

test('flushes every commit to disk (WAL, synchronous FULL)', async () => {
  const { store } = await open()
  const pragmas = await store.write(
    null,
    async (queries) => {
      const { rows: mode } = await sql`pragma journal_mode`.execute(queries)
      const { rows: synchronous } = await sql`pragma synchronous`.execute(queries)
      return [...mode, ...synchronous]
    },
    never,
  )
  expect(pragmas).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }])
})

test('a failed write does not affect other writes in the same commit', async () => {
  const { store } = await open()
  const results = await Promise.allSettled([
    store.write(null, insert('a'), never),
    store.write(
      null,
      async (queries) => {
        await insert('b')(queries)
        throw new Error('no')
      },
      never,
    ),
    store.write(null, insert('a'), never),
    store.write(null, insert('c'), never),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(await ids(store)).toEqual(['a', 'c'])
})

test('if SQLite rolls back a whole commit, every write in it fails, and later writes succeed', async () => {
  const { store } = await open()
  await store.write(null, insert('a'), never)
  const rollBack = (queries: Queries) =>
    sql`insert or rollback into applications values ('a', null, 0, 0)`.execute(queries)
  const results = await Promise.allSettled([
    store.write(null, insert('b'), never),
    store.write(null, rollBack, never),
    store.write(null, insert('c'), never),
  ])
  const unavailable = { status: 'rejected', reason: { kind: 'serviceUnavailable' } }
  expect(results).toMatchObject([unavailable, unavailable, unavailable])
  await store.write(null, insert('d'), never)
  expect(await ids(store)).toEqual(['a', 'd'])
})

test('if a statement rolls back the whole commit, statements started together with it are discarded too', async () => {
  const { store } = await open()
  await store.write(null, insert('a'), never)
  const row = (id: string) => ({ id, name: null, created_at: 0, updated_at: 0 })
  const insertOrRollBack = prepared((queries, { id, name, created_at, updated_at }: ApplicationRow) =>
    queries.insertInto('applications').orRollback().values({ id, name, created_at, updated_at }),
  )
  const insertBehind = prepared((queries, { id, name, created_at, updated_at }: ApplicationRow) =>
    queries.insertInto('applications').values({ id, name, created_at, updated_at }),
  )
  const both = (queries: Queries) =>
    Promise.all([insertOrRollBack(queries, row('a')), insertBehind(queries, row('b'))])
  await expect(store.write(null, both, never)).rejects.toMatchObject({ kind: 'serviceUnavailable' })
  expect(await ids(store)).toEqual(['a'])
})

test('skips a write whose deadline has passed and runs the rest of its batch', async () => {
  const { store } = await open()
  const timedOut = new RekeyError('timedOut')
  const results = await Promise.allSettled([
    store.write(null, insert('a'), AbortSignal.abort(timedOut)),
    store.write(null, insert('b'), never),
  ])
  expect(results).toMatchObject([{ status: 'rejected', reason: timedOut }, { status: 'fulfilled' }])
  expect(await ids(store)).toEqual(['b'])
})

test('rolls back a write whose deadline passes while it runs', async () => {
  const { store } = await open()
  const controller = new AbortController()
  const write = store.write(
    null,
    async (queries) => {
      await insert('a')(queries)
      controller.abort(new RekeyError('timedOut'))
    },
    controller.signal,
  )
  await expect(write).rejects.toMatchObject({ kind: 'timedOut' })
  expect(await ids(store)).toEqual([])
})

test('finished writes leave no listeners on a long-lived signal', async () => {
  const { store } = await open()
  const { signal } = new AbortController()
  await store.write(null, insert('a'), signal)
  const failed = store.write(null, () => Promise.reject(new Error('no')), signal)
  await expect(failed).rejects.toThrow('no')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test("while a write waits for another process's lock, reads and timers continue", async () => {
  const { store, file } = await open()
  const other = stranger(file)
  other.exec('begin immediate')
  const write = store.write(null, insert('a'), never)
  let turns = 0
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await ids(store)).toEqual([])
    turns += 1
  }
  other.exec('commit')
  await write
  expect(turns).toBe(10)
  expect(await ids(store)).toEqual(['a'])
})

test("a write fails if the file is locked past the write's deadline, and a write after the unlock succeeds", async () => {
  const { store, file } = await open()
  const other = stranger(file)
  other.exec('begin immediate')
  const controller = new AbortController()
  setTimeout(() => {
    controller.abort(new RekeyError('timedOut'))
  }, 50)
  await expect(store.write(null, insert('a'), controller.signal)).rejects.toMatchObject({ kind: 'timedOut' })
  other.exec('rollback')
  await store.write(null, insert('b'), never)
  expect(await ids(store)).toEqual(['b'])
})

test('close waits until all pending writes are committed', async () => {
  const file = join(temporaryFolder(), 'rekey.db')
  const store = openSqlite(file)
  await store.migrate()
  const writes = Array.from({ length: 300 }, (_, i) => store.write(null, insert(String(i)), never))
  await store.close()
  await Promise.all(writes)
  expect(stranger(file).prepare('select count(*) as count from applications').get()).toEqual({ count: 300 })
})

test('the database rejects a second current key or a repeated generation of one webhook', async () => {
  const { store, file } = await open()
  await store.write(null, insert('app'), never)
  const other = stranger(file)
  other.exec(`insert into webhooks (application_id, id, url, created_at, updated_at)
    values ('app', 'hook', 'https://x.example/', 0, 0)`)
  const key = other.prepare(
    `insert into signing_keys (id, application_id, webhook_id, generation, fingerprint, sha256, sealed_secret,
       sealed_by, created_at, expires_at) values (?, 'app', 'hook', ?, '', '', '', 'k1', 0, ?)`,
  )
  key.run('key_1', 1, null)
  expect(() => key.run('key_2', 2, null)).toThrow('UNIQUE')
  expect(() => key.run('key_2', 1, 5)).toThrow('UNIQUE')
  key.run('key_2', 2, 5)
})

test('deleted and overwritten data does not remain in the database file or its WAL', async () => {
  const { store, file } = await open()
  const name = (id: number) => `the secret name of application ${id}`
  const numbers = Array.from({ length: 200 }, (_, id) => id)
  await store.write(
    null,
    (queries) =>
      queries
        .insertInto('applications')
        .values(numbers.map((id) => ({ id: `a${id}`, name: name(id), created_at: 0, updated_at: 0 })))
        .execute(),
    never,
  )
  expect(readFileSync(`${file}-wal`).includes(name(7))).toBe(true)
  await store.write(
    null,
    (queries) => queries.deleteFrom('applications').where('id', '>', 'a5').execute(),
    never,
  )
  await store.write(
    null,
    (queries) => queries.updateTable('applications').set({ name: 'x' }).execute(),
    never,
  )
  const database = new SqliteDatabase(file)
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
  const bytes = Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)])
  expect(numbers.filter((id) => bytes.includes(name(id)))).toEqual([])
})

test('reads the settled time that was last saved, in whole minutes, or else the time of the newest event', async () => {
  const { store } = await open()
  expect(await store.readSettledTime(90_000)).toBe(90_000)
  await store.write(null, insertEvent(30_000), never)
  expect(await store.readSettledTime(90_000)).toBe(30_000)
  await store.saveSettledTime(150_000, never)
  expect(await store.readSettledTime(990_000)).toBe(120_000)
  await store.saveSettledTime(60_000, never)
  expect(await store.readSettledTime(990_000)).toBe(60_000)
})
