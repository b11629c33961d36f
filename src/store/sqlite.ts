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
  type SqliteStatement,
} from 'kysely'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { RekeyError } from '../errors.ts'
import { GroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
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
  const groupCommit = new GroupCommit((until) =>
    whenUnlocked(() => writer.kysely.startTransaction().execute(), until),
  )

  const read: Store['read'] = async (work, signal) => {
    signal.throwIfAborted()
    return work(reader.kysely).catch(rethrow)
  }
  return {
    read,
    write: (_, work, signal) => groupCommit.write(work, signal).catch(rethrow),
    counter: (options) => new RateLimiterMemory(options),
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
  // From here on a lock is waited for on a timer, never inside SQLite: that would stop the event loop.
  database.pragma('busy_timeout = 0')
  return { database, kysely: new Kysely<Database>({ dialect: new ImmediateDialect(database) }) }
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
  readonly #database: SqliteDatabase.Database

  constructor(database: SqliteDatabase.Database) {
    super({ database })
    this.#database = database
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }

  override createDriver(): ImmediateDriver {
    return new ImmediateDriver({ database: withPreparedStatements(this.#database) })
  }
}

/** How many prepared statements a connection keeps: more than there are queries whose text is fixed. */
const keptStatements = 200

/** Kysely prepares a statement for every query; preparing once for each text is several times cheaper. */
function withPreparedStatements(database: SqliteDatabase.Database) {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql: string): SqliteStatement {
      let statement = statements.get(sql)
      if (!statement) {
        statement = database.prepare(sql)
        statements.set(sql, statement)
        if (statements.size > keptStatements) statements.delete(statements.keys().next().value ?? '')
      }
      return statement
    },
  }
}

/**
 * Tries until no other process holds the lock that `work` begins with. A deadline of the caller's that
 * comes before the end of its patience ends it too.
 */
async function whenUnlocked<T>(work: () => Promise<T>, until?: AbortSignal): Promise<T> {
  const giveUpAt = performance.now() + lockTimeoutMs
  for (;;) {
    until?.throwIfAborted()
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
