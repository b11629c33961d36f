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
  // 16 MiB of log between two checkpoints, of which each takes a flush of log and file.
  database.pragma('wal_autocheckpoint = 4000')
  // 4 MiB of pages for each connection, of the 16 that better-sqlite3 has set: the rest is in the system's cache.
  database.pragma('cache_size = -4096')
  // What is erased or sealed anew is overwritten, and does not stay in free space for whoever gets the file.
  database.pragma('secure_delete = ON')
  // From here on a lock is waited for on a timer, never inside SQLite: that would stop the event loop.
  database.pragma('busy_timeout = 0')
  const statements = new Statements(database)
  const kysely = new Kysely<Database>({ dialect: new ImmediateDialect(statements) })
  setPreparedQueryRunner(kysely, ({ text, values }) => {
    const statement = statements.prepare(text)
    // On some faults (disk full, I/O) SQLite rolls back everything. What was begun together with the statement that
    // failed would go on by itself, and be committed at once.
    if (!statement.readonly && !database.inTransaction) throw new RekeyError('serviceUnavailable')
    if (statement.reader) return statement.all(values)
    statement.run(values)
    return []
  })
  return { database, kysely }
}
