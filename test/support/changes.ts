import SqliteDatabase from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { allRows, onPostgres, openDatabase } from './database.ts'
import type { TestServer } from './server.ts'

/** @returns a function whose result changes whenever a commit changes the server's database */
export function watchChanges({ databaseUrl }: TestServer): () => Promise<string> {
  if (onPostgres) {
    const store = openDatabase(databaseUrl)
    return async () => JSON.stringify(await (await store).write(null, allRows, AbortSignal.timeout(5_000)))
  }
  const database = new SqliteDatabase(databaseUrl.slice('sqlite:'.length), { readonly: true })
  onTestFinished(() => {
    database.close()
  })
  return () => Promise.resolve(String(database.pragma('data_version', { simple: true })))
}
