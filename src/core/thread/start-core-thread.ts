import { extname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Environment } from '../../config/config.ts'
import { connectCore } from './core-client.ts'
import type { Core, CoreLog } from '../core.ts'

/** The thread's entry point, next to this file in both `src/` and `dist/`. */
const program = new URL(`./core-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * Semi-space size of the core's thread, in MiB; its young generation is three times as large. Rekey changes V8's flag
 * before it starts the thread, because V8 reads the flag then. Resource limits of the Worker would not help: the flag
 * that the process was started with, meant for the HTTP thread, overrides them.
 */
const semiSpaceMiB = 4
setFlagsFromString(`--max-semi-space-size=${semiSpaceMiB}`)

/**
 * Opens the core in its own thread, so a slow disk does not delay connections, rejections or health checks, and Rekey
 * can use two processors. An uncaught error in the thread ends the process, as it would in the main thread.
 * @param environment the variables from which the thread reads its configuration
 * @throws any error from openCore
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
      // Wait one turn of the event loop, so that the thread's last message is handled first. That message may report
      // that the core could not be opened.
      setImmediate(() => {
        if (!ending) fail(new Error(`the core's thread exited unexpectedly with code ${code}`))
      })
    })
  // Wait for the thread's exit: terminating it could crash the process in SQLite (WiseLibs/better-sqlite3#1507).
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
