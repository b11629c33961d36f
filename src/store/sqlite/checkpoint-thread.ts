/** Entry point of the thread of `checkpoints.ts`. Its data is the path of the database file. */
import { parentPort, workerData } from 'node:worker_threads'
import SqliteDatabase from 'better-sqlite3'
import type { CheckpointRequest } from './checkpoints.ts'

if (!parentPort) throw new Error('this file runs only as a worker thread of a SQLite store')
const port = parentPort
const database = new SqliteDatabase(workerData as string, { fileMustExist: true })
database.pragma('synchronous = FULL')
port.on('message', (request: CheckpointRequest) => {
  if (request === 'checkpoint') port.postMessage(database.pragma('wal_checkpoint(PASSIVE)'))
  else {
    database.close()
    port.close()
  }
})
