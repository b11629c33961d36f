import { extname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Environment } from '../../config/config.ts'
import { connectCore } from './core-client.ts'
import type { Core, CoreLog } from '../core.ts'

/** Next to this file, in `src/` and in `dist/` alike. */
const program = new URL(`./core-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * A third of what the thread may take for what is new, in MiB. The option of the process, which is for the thread
 * that serves HTTP, would override a limit that is given to one thread; it is read when a thread begins.
 */
const semiSpaceMiB = 4
setFlagsFromString(`--max-semi-space-size=${semiSpaceMiB}`)

/**
 * Opens the core in a thread of its own, so that a slow disk holds up no connection, refusal or health check, and two
 * processors do more than one. What the thread does not catch ends the process, as it would have here.
 * @param environment from which the thread reads its configuration
 * @throws what openCore throws
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
      // In the next turn, since what it told last may only just have arrived: that it could not open its core.
      setImmediate(() => {
        if (!ending) fail(new Error(`the thread of the core ended by itself, with code ${code}`))
      })
    })
  // Never terminated: what SQLite does at that moment would end the process (WiseLibs/better-sqlite3#1507).
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
