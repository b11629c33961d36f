import SqliteDatabase from 'better-sqlite3'
import { lockTimeoutMs } from './lock.ts'

/** Pages to copy between two reports of progress. Their size is usually 4 KiB. */
const pagesPerStep = 1_000

export interface CopyOptions {
  /** An empty file. */
  target: string
  /** Called with the number of pages that have been copied, and of all pages. */
  onProgress: (done: number, total: number) => void
}

/**
 * Copies a database while other processes write to it. The copy has everything that was committed before the call, in
 * one file without a write-ahead log.
 * @returns the number of audit chains and events in the copy
 * @throws Error if the copy is damaged; any error from SQLite
 */
export async function copyDatabase(
  file: string,
  { target, onProgress }: CopyOptions,
): Promise<{ chains: number; events: number }> {
  // Not opened as read-only, because such a connection would leave empty `-wal` and `-shm` files behind.
  const source = new SqliteDatabase(file, { fileMustExist: true, timeout: lockTimeoutMs })
  try {
    // Keeps reading one snapshot. Otherwise, SQLite would start again after each write of another process.
    source.exec('begin')
    source.prepare('select count(*) from sqlite_schema').get()
    await source.backup(target, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages - remainingPages, totalPages)
        return pagesPerStep
      },
    })
  } finally {
    source.close()
  }
  const copy = new SqliteDatabase(target)
  try {
    copy.pragma('journal_mode = delete')
    const fault = copy.pragma('integrity_check(1)', { simple: true })
    if (fault !== 'ok') throw new Error(`the database ${file} is damaged: ${String(fault)}`)
    return copy
      .prepare<[], { chains: number; events: number }>(
        'select count(*) filter (where sequence = 1) as chains, count(*) as events from events',
      )
      .get() as { chains: number; events: number }
  } finally {
    copy.close()
  }
}
