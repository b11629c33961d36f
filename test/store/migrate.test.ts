import { expect, test } from 'vitest'
import { newDatabase, openDatabase, execute } from '../support/database.ts'
import { temporaryFolder } from '../support/server.ts'

test('stores that migrate one empty database at once all find it up to date, and one has done it', async () => {
  const url = await newDatabase(temporaryFolder())
  const stores = await Promise.all(Array.from({ length: 4 }, () => openDatabase(url)))
  const ran = await Promise.all(stores.map((store) => store.migrate()))
  expect(ran.filter((migrations) => migrations.length > 0)).toHaveLength(1)
})

test('a migration that fails leaves nothing of those before it, and is made up for later', async () => {
  const url = await newDatabase(temporaryFolder())
  // In the way of the third.
  await execute(url, 'create table rate_limits (id integer)')
  const store = await openDatabase(url)
  await expect(store.migrate()).rejects.toThrow('already exists')
  await expect(execute(url, 'select * from applications')).rejects.toThrow(/no such table|does not exist/)
  await execute(url, 'drop table rate_limits')
  const [first] = await store.migrate()
  expect(first).toContain('0001')
})

test('tables that a newer version has changed are not touched, and the error says so', async () => {
  const url = await newDatabase(temporaryFolder())
  const store = await openDatabase(url)
  await store.migrate()
  await execute(url, "insert into kysely_migration (name, timestamp) values ('0099-future', '2030-01-01')")
  await expect(store.migrate()).rejects.toThrow(
    /newer version of Rekey has migrated the database \(0099-future\)/,
  )
})
