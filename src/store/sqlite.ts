import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
} from 'kysely'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { RekeyError } from '../errors.ts'
import { GroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { preparedQueriesRun } from './prepared.ts'
import type { Database } from './schema.ts'
import type { Store } from './store.ts'

/** How long another process that has the file locked is waited for. */
const lockTimeoutMs = 5_000
/** How long a write sleeps before it asks again for a lock that another process holds. */
const lockRetryMs = 5

/** Result codes with which SQLite says that the file cannot be had, rather than that a query is wrong. */
const unavailable =
  /^SQLITE_(BUSY|LOCKED|READONLY|IOERR|CORRUPT|NOTADB|FULL|CANTOPEN|PROTOCOL|PERM|AUTH|NOMEM|NOLFS)/

/**
 * Opens an SQLite file, made if it is not there. One connection writes, through a group commit, and
 * one reads: readers never wait for writers (WAL). `synchronous=FULL`, because a secret that was
 * shown must survive power loss.
 */
export function openSqlite(file: string): Store {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const writer = connect(file)
  const reader = connect(file)
  const begin = writer.database.prepare('begin immediate')
  const groupCommit = new GroupCommit(writer.database, writer.kysely, async (isWanted) => {
    await whenUnlocked(() => begin.run(), isWanted)
  })

  const read: Store['read'] = async (work, signal) => {
    signal.throwIfAborted()
    return work(reader.kysely).catch(rethrow)
  }
  return {
    read,
    write: (_, work, signal) => groupCommit.write(work, signal).catch(rethrow),
    rateLimiter: (limit) => new RateLimiterMemory(limit),
    async ping(signal) {
      await read((queries) => queries.selectFrom('applications').select('id').limit(1).execute(), signal)
    },
    migrate: () => whenUnlocked(() => migrate(writer.kysely)).catch(rethrow),
    async close() {
      await groupCommit.idle()
      reader.database.close()
      writer.database.close()
    },
  }
}

interface Connection {
  database: SqliteDatabase.Database
  kysely: Kysely<Database>
}

function connect(file: string): Connection {
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
  preparedQueriesRun(kysely, ({ text, values }) => {
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

/** Kysely begins deferred, and a deferred transaction can lose its snapshot when it first writes. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

/** SQLite rolls back changes of tables too, though Kysely does not count on it. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #statements: Statements

  constructor(statements: Statements) {
    super({ database: statements })
    this.#statements = statements
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }

  override createDriver(): ImmediateDriver {
    return new ImmediateDriver({ database: this.#statements })
  }
}

/** How many prepared statements a connection keeps: more than there are queries whose text is fixed. */
const keptStatements = 200

/** Kysely prepares a statement for every query; preparing once for each text is several times cheaper. */
class Statements {
  readonly #database: SqliteDatabase.Database
  readonly #statements = new Map<string, SqliteDatabase.Statement>()

  constructor(database: SqliteDatabase.Database) {
    this.#database = database
  }

  prepare(text: string): SqliteDatabase.Statement {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
      if (this.#statements.size > keptStatements)
        this.#statements.delete(this.#statements.keys().next().value ?? '')
    }
    return statement
  }

  close(): void {
    this.#database.close()
  }
}

/**
 * Tries until no other process holds the lock that `work` begins with, unless that takes too long or nobody
 * waits for it any more.
 */
async function whenUnlocked<T>(work: () => T | Promise<T>, isWanted = () => true): Promise<T> {
  const giveUpAt = performance.now() + lockTimeoutMs
  for (;;) {
    if (!isWanted()) throw new Error('nobody waits for the lock any more')
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error
      await delay(lockRetryMs)
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

function rethrow(error: unknown): never {
  if (error instanceof SqliteDatabase.SqliteError && unavailable.test(error.code)) {
    throw new RekeyError('serviceUnavailable', { cause: error })
  }
  throw error
}
