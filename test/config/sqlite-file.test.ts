import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSqliteFile } from '../../src/config/sqlite-file.ts'
import { temporaryFolder } from '../support/server.ts'

test.each([
  ['sqlite:./data/rekey.db', './data/rekey.db'],
  ['sqlite:/var/lib/a%20b/rekey.db', '/var/lib/a%20b/rekey.db'],
  ['sqlite:C:\\rekey\\rekey.db', 'C:\\rekey\\rekey.db'],
])('%s is a plain path', (url, file) => {
  expect(readSqliteFile(url)).toBe(file)
})

test.each([
  ['sqlite::memory:', 'names a database in memory, which loses every secret when Rekey stops'],
  ['sqlite:file:x?mode=memory', 'names a database in memory'],
  ['sqlite:file:rekey.db', 'contains file:, the start of a SQLite URI; write sqlite: and a plain path'],
  ['sqlite://rekey.db', 'begins with sqlite://, whose meaning differs between tools; write sqlite:/var/lib'],
  ['sqlite:///var/lib/rekey.db', 'begins with sqlite://'],
  ['sqlite:rekey.db?mode=ro', 'contains a query string, but Rekey sets up SQLite itself'],
  ['sqlite:', 'contains no path; write sqlite:path/to/file.db'],
  ['sqlite:missing/', 'names a directory; add the name of a file in it'],
])('rejects %s and says what to write', (url, fault) => {
  expect(() => readSqliteFile(url)).toThrow(`DATABASE_URL ${fault}`)
})

test('rejects an existing directory, but accepts a missing file in it', () => {
  const folder = temporaryFolder()
  expect(() => readSqliteFile(`sqlite:${folder}`)).toThrow('DATABASE_URL names a directory')
  expect(readSqliteFile(`sqlite:${join(folder, 'rekey.db')}`)).toBe(join(folder, 'rekey.db'))
})
