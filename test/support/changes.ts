import SqliteDatabase from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { onPostgres } from './database.ts'
import { openPool } from './postgres-client.ts'
import type { TestServer } from './server.ts'

const tables = [
  ...['applications', 'webhooks', 'signing_keys', 'self_ending_overlaps'],
  ...['idempotency_records', 'rotation_invitations', 'events', 'rate_limits'],
]

/** @returns a function whose result changes whenever a commit changes a row of the server's database */
export function watchChanges({ databaseUrl }: TestServer): () => Promise<string> {
  if (onPostgres) return watchRows(databaseUrl)
  const database = new SqliteDatabase(databaseUrl.slice('sqlite:'.length), { readonly: true })
  onTestFinished(() => {
    database.close()
  })
  const selects = tables.map((name) => database.prepare(`select * from ${name}`).raw())
  let version: unknown
  let rows = ''
  return () => {
    // A checkpoint that empties the log changes the version too, so only the rows decide.
    const newest = database.pragma('data_version', { simple: true })
    if (newest !== version) rows = JSON.stringify(selects.map((select) => select.all()))
    version = newest
    return Promise.resolve(rows)
  }
}

function watchRows(databaseUrl: string): () => Promise<string> {
  const pool = openPool(databaseUrl, { options: '-c search_path=rekey,public' })
  onTestFinished(() => pool.end())
  const rows = tables.map((name) => `(select json_agg(t) from ${name} t)::text as ${name}`)
  return async () => JSON.stringify((await pool.query(`select ${rows.join(', ')}`)).rows)
}
