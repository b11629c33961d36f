import { setTimeout as delay } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'

/** How long to wait for a lock that another process holds. */
export const lockTimeoutMs = 5_000
const lockRetryMs = 5

/**
 * Runs `work`, which begins by taking a lock, and retries it while another process holds that lock. Gives up after
 * `lockTimeoutMs`, or once `isWanted` returns false.
 */
export async function whenUnlocked<T>(work: () => T | Promise<T>, isWanted = () => true): Promise<T> {
  const giveUpAt = performance.now() + lockTimeoutMs
  for (;;) {
    if (!isWanted()) throw new Error('stopped waiting for the database lock: the write was aborted')
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
