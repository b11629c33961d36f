import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { sql } from 'kysely'
import { RekeyError } from '../../errors.ts'
import { EventCounts } from '../../event-counts.ts'
import { migrate } from '../migrate.ts'
import type { Queries, Store } from '../store.ts'
import { connect } from './connection.ts'
import { GroupCommit } from './group-commit.ts'
import { whenUnlocked } from './lock.ts'

/** SQLite's result codes for an unavailable file, as opposed to a wrong query. */
const unavailable =
  /^SQLITE_(BUSY|LOCKED|READONLY|IOERR|CORRUPT|NOTADB|FULL|CANTOPEN|PROTOCOL|PERM|AUTH|NOMEM|NOLFS)/

/**
 * Minimum age of an event that counts as evidence of the time, in milliseconds. A clock that has been wrong for less
 * than this has not written such an event.
 */
const recentMs = 3_600_000

/** Maximum number of events to search for one that is old enough. Reading them takes less than a second. */
const maxEventsRead = 100_000

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
  const groupCommit = new GroupCommit(writer.database, writer.kysely, async (isWanted) => {
    await whenUnlocked(() => begin.run(), isWanted)
  })

  const read: Store['read'] = async (work, signal) => {
    signal.throwIfAborted()
    return work(reader.kysely).catch(rethrow)
  }
  return {
    now: () => Date.now(),
    passedTime: async (now) =>
      (await findNewestEventTime(reader.kysely, now - recentMs).catch(rethrow)) ?? now,
    read,
    readFor: () => read,
    write: (_, work, signal) => groupCommit.write(work, signal).catch(rethrow),
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
      reader.database.close()
      writer.database.close()
    },
  }
}

/**
 * Finds the time of the newest event at or before `until`, among the newest events. SQLite numbers rows as they are
 * inserted, so this needs no index.
 */
async function findNewestEventTime(queries: Queries, until: number): Promise<number | undefined> {
  const newest = queries
    .selectFrom('events')
    .select(['at', sql<number>`rowid`.as('position')])
    .orderBy('position', 'desc')
    .limit(maxEventsRead)
  const row = await queries
    .selectFrom(newest.as('newest'))
    .select('at')
    .where('at', '<=', until)
    .orderBy('position', 'desc')
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
