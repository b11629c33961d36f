import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { copyDatabase } from '../../../src/store/sqlite/copy-database.ts'
import { openSqlite } from '../../../src/store/sqlite/sqlite-store.ts'
import { temporaryFolder } from '../../support/server.ts'

test('a copy reads one snapshot, so writes of other connections neither restart nor change it', async () => {
  const folder = temporaryFolder()
  const [file, target] = [join(folder, 'rekey.db'), join(folder, 'copy.db')]
  const store = openSqlite(file)
  onTestFinished(() => store.close())
  await store.migrate()
  const other = new SqliteDatabase(file)
  onTestFinished(() => void other.close())
  other.exec('create table large (bytes); insert into large values (zeroblob(20000000))')
  const insert = other.prepare("insert into applications values (?, '', 0, 0)")
  const done: number[] = []
  await copyDatabase(file, {
    target,
    onProgress(pages) {
      insert.run(String(done.length))
      done.push(pages)
      if (done.length > 20) throw new Error('the copy has started again')
    },
  })
  expect(done.length).toBeGreaterThan(3)
  expect(done).toEqual(done.toSorted((one, other) => one - other))
  const copy = new SqliteDatabase(target)
  onTestFinished(() => void copy.close())
  expect(copy.prepare('select count(*) from applications').pluck().get()).toBe(0)
})
