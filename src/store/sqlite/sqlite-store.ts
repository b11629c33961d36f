import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { sql } from 'kysely'
import { RekeyError } from '../../errors.ts'
import { EventCounts } from '../../event-counts.ts'
import { migrate } from '../migrate.ts'
import type { Queries, Store } from '../store.ts'
import { Checkpoints } from './checkpoints.ts'
import { connect } from './connection.ts'
import { GroupCommit } from './group-commit.ts'
import { whenUnlocked } from './lock.ts'

/** SQLite's result codes for an unavailable file, as opposed to a wrong query. */
const unavailable =
  /^SQLITE_(BUSY|LOCKED|READONLY|IOERR|CORRUPT|NOTADB|FULL|CANTOPEN|PROTOCOL|PERM|AUTH|NOMEM|NOLFS)/

const minuteMs = 60_000

/**
 * Opens a SQLite file, and creates it if it does not exist. One connection writes, through group commits, and another
 * reads; in WAL mode, readers never wait for writers. `synchronous=FULL` is required because a secret that has been
 * returned must survive power loss.
 */
export function openSqlite(file: string): Store {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const writer = connect(file)
  const reader = connect(file)
  const begin = writer.database.prepare('begin immediate')
  const checkpoints = new Checkpoints(file)
  const groupCommit = new GroupCommit(writer.database, writer.kysely, {
    begin: async (isWanted) => {
      await whenUnlocked(() => begin.run(), isWanted)
    },
    afterCommit: (changes) => {
      checkpoints.afterCommit(changes)
    },
  })

  // Changes with the commits of all other connections, and thus of all writers (SQLite's documentation of pragmas).
  const version = reader.database.prepare('pragma data_version').pluck()

  const read: Store['read'] = async (work, signal) => {
    signal.throwIfAborted()
    return work(reader.kysely).catch(rethrow)
  }
  return {
    now: () => Date.now(),
    queryMs: 1.5,
    version() {
      try {
        return version.get() as number
      } catch (error) {
        return rethrow(error)
      }
    },
    async readSettledTime(now) {
      const minutes = reader.database.pragma('user_version', { simple: true }) as number
      if (minutes > 0) return minutes * minuteMs
      return (await findNewestEventTime(reader.kysely).catch(rethrow)) ?? now
    },
    // The file's user version needs no table: SQLite gives it no meaning, and nothing else here uses it.
    saveSettledTime: (time, signal) =>
      groupCommit
        .write(() => {
          writer.database.pragma(`user_version = ${Math.floor(time / minuteMs)}`)
          return Promise.resolve()
        }, signal)
        .catch(rethrow),
    read,
    readFor: () => read,
    write: (_, work, signal, beforeCommit) => groupCommit.write(work, signal, beforeCommit).catch(rethrow),
    rateLimiter(limit) {
      const counts = new EventCounts(limit)
      return (key) => Promise.resolve(counts.count(key))
    },
    async ping(signal) {
      await read((queries) => queries.selectFrom('applications').select('id').limit(1).execute(), signal)
    },
    migrate: () => whenUnlocked(() => migrate(writer.kysely)).catch(rethrow),
    async close() {
      await groupCommit.idle()
      await checkpoints.close()
      reader.database.close()
      writer.database.close()
    },
  }
}

/** Finds the time of the newest event. SQLite numbers rows as they are inserted, so this needs no index. */
async function findNewestEventTime(queries: Queries): Promise<number | undefined> {
  const row = await queries
    .selectFrom('events')
    .select('at')
    .orderBy(sql`rowid`, 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at
}

function rethrow(error: unknown): never {
  if (error instanceof SqliteDatabase.SqliteError && unavailable.test(error.code)) {
    throw new RekeyError('serviceUnavailable', { cause: error })
  }
  throw error
}
