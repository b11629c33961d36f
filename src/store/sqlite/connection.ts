import SqliteDatabase from 'better-sqlite3'
import { Kysely } from 'kysely'
import { RekeyError } from '../../errors.ts'
import { setPreparedQueryRunner } from '../prepared-query.ts'
import type { Database } from '../schema.ts'
import { ImmediateDialect } from './dialect.ts'
import { lockTimeoutMs } from './lock.ts'
import { Statements } from './statements.ts'

export interface Connection {
  database: SqliteDatabase.Database
  kysely: Kysely<Database>
}

/** Opens a connection with the settings that durability and erasure depend on. */
export function connect(file: string): Connection {
  const database = new SqliteDatabase(file, { timeout: lockTimeoutMs })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  // Runs a checkpoint in the commit that makes the WAL larger than 64 MiB. Usually, Checkpoints has copied most of it.
  database.pragma('wal_autocheckpoint = 16000')
  // Caches 4 MiB of pages per connection instead of 16 MiB, because the operating system caches the rest.
  database.pragma('cache_size = -4096')
  // Overwrites erased and rewrapped secrets, which would otherwise remain in the file's free space.
  database.pragma('secure_delete = ON')
  // From here on, Rekey waits for locks with a timer, because waiting inside SQLite would block the event loop.
  database.pragma('busy_timeout = 0')
  const statements = new Statements(database)
  const kysely = new Kysely<Database>({ dialect: new ImmediateDialect(statements) })
  setPreparedQueryRunner(kysely, ({ text, values }) => {
    const statement = statements.prepare(text)
    // After some errors, SQLite rolls back the transaction. Later statements would then be committed one by one.
    if (!statement.readonly && !database.inTransaction) throw new RekeyError('serviceUnavailable')
    if (statement.reader) return statement.all(values)
    statement.run(values)
    return []
  })
  return { database, kysely }
}
