import { extname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { unlessAborted } from '../abort.ts'
import type { Environment } from '../config.ts'
import type { PageFeedbackRow } from '../store/schema.ts'
import { Calls } from './calls.ts'
import type { Core, CoreLog, OperationAnswer } from './core.ts'
import { Outbox, type FromCore } from './messages.ts'
import { fromPlainError } from './plain-error.ts'

/** Beside `src/` as beside `dist/src/`, under the name that it has there. */
const program = new URL(`../core-thread${extname(import.meta.filename)}`, import.meta.url)

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
export async function openCoreThread(environment: Environment, logger: CoreLog): Promise<Core> {
  const worker = new Worker(program, { workerData: environment })
  const calls = new Calls(new Outbox(worker))
  let ending = false
  const fail = (error: Error) => {
    throw error
  }
  worker
    .on('message', (messages: FromCore[]) => {
      for (const message of messages) {
        if ('id' in message) calls.settle(message)
        else {
          const { level, details, error, text } = message
          logger[level]({ ...details, ...(error && { error: fromPlainError(error) }) }, text)
        }
      }
    })
    .on('messageerror', fail)
    .on('error', fail)
    .on('exit', (code) => {
      if (!ending) fail(new Error(`the thread of the core ended by itself, with code ${code}`))
    })
  // Never terminated: what SQLite does at that moment would end the process (WiseLibs/better-sqlite3#1507).
  const ended = new Promise((resolve) => worker.once('exit', resolve))

  try {
    await calls.opening()
  } catch (error) {
    ending = true
    await ended
    throw error
  }
  return {
    operate: (call, signal) => calls.make('operate', [call], signal) as Promise<OperationAnswer>,
    ping: (signal) => unlessAborted(calls.make('ping', [], signal) as Promise<void>, signal),
    overLimit: (counter, key) => calls.make('overLimit', [counter, key]) as Promise<number | null>,
    countFeedback: (answer, signal) => calls.make('countFeedback', [answer], signal) as Promise<void>,
    listFeedback: (signal) =>
      unlessAborted(calls.make('listFeedback', [], signal) as Promise<PageFeedbackRow[]>, signal),
    async close() {
      ending = true
      await calls.make('close', []).finally(() => ended)
    },
  }
}
