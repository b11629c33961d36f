import { extname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Environment } from '../../config/config.ts'
import { connectCore } from './core-client.ts'
import type { Core, CoreLog } from '../core.ts'

/** Next to this file in both `src/` and `dist/`. */
const program = new URL(`./core-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * A third of the thread's young generation, in MiB. V8 reads this flag when a thread begins. A limit passed to the
 * Worker would be overridden by the option of the process, which is meant for the thread that serves HTTP.
 */
const semiSpaceMiB = 4
setFlagsFromString(`--max-semi-space-size=${semiSpaceMiB}`)

/**
 * Opens the core in its own thread. A slow disk then delays no connection, rejection or health check, and two
 * processors do more than one. An error that the thread does not catch ends the process, as it would in this thread.
 * @param environment from which the thread reads its configuration
 * @throws the errors of openCore
 */
export async function startCoreThread(environment: Environment, logger: CoreLog): Promise<Core> {
  const worker = new Worker(program, { workerData: environment })
  let ending = false
  const fail = (error: Error) => {
    throw error
  }
  worker
    .on('messageerror', fail)
    .on('error', fail)
    .on('exit', (code) => {
      // In the next turn, because its last message may have arrived only now: that the core could not be opened.
      setImmediate(() => {
        if (!ending) fail(new Error(`the core's thread exited unexpectedly with code ${code}`))
      })
    })
  // Never terminated, because interrupting SQLite could crash the process (WiseLibs/better-sqlite3#1507).
  const ended = new Promise((resolve) => worker.once('exit', resolve))

  try {
    const core = await connectCore(worker, logger)
    return {
      ...core,
      async close() {
        ending = true
        await core.close().finally(() => ended)
      },
    }
  } catch (error) {
    ending = true
    await ended
    throw error
  }
}
