/** Entry point of the thread of `checkpoints.ts`. Its data is the path of the database file. */
import { parentPort, workerData } from 'node:worker_threads'
import SqliteDatabase from 'better-sqlite3'
import type { CheckpointRequest } from './checkpoints.ts'

/** How often to empty the log, so that erased secrets do not stay in it, in milliseconds. */
const emptiedEveryMs = 60_000
/** How long to wait for readers and writers before the log is not emptied this time, in milliseconds. */
const timeoutMs = 100

if (!parentPort) throw new Error('this file runs only as a worker thread of a SQLite store')
const port = parentPort
const database = new SqliteDatabase(workerData as string, { fileMustExist: true, timeout: timeoutMs })
database.pragma('synchronous = FULL')

let emptiedAt = -Infinity

/** Copies the log, then empties it if nobody uses it, while writers wait. */
function emptyLog(): void {
  const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
  if (result?.busy === 0) emptiedAt = performance.now()
}

port.on('message', (request: CheckpointRequest) => {
  if (request === 'close') {
    emptyLog()
    database.close()
    port.close()
  } else {
    if (performance.now() - emptiedAt >= emptiedEveryMs) emptyLog()
    else database.pragma('wal_checkpoint(PASSIVE)')
    port.postMessage('done')
  }
})
