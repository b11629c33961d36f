import SqliteDatabase from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import type { TestServer } from './server.ts'

/** Returns a number that is another one after anything at all was committed to the server's database. */
export function watchChanges({ databaseFile }: TestServer): () => number {
  const database = new SqliteDatabase(databaseFile, { readonly: true })
  onTestFinished(() => {
    database.close()
  })
  return () => database.pragma('data_version', { simple: true }) as number
}
