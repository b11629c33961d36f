import { setTimeout as delay } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'

/** How long another process that has the file locked is waited for. */
export const lockTimeoutMs = 5_000
/** How long a write sleeps before it asks again for a lock that another process holds. */
const lockRetryMs = 5

/**
 * Tries until no other process holds the lock that `work` begins with, unless that takes too long or nobody
 * waits for it any more.
 */
export async function whenUnlocked<T>(work: () => T | Promise<T>, isWanted = () => true): Promise<T> {
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
