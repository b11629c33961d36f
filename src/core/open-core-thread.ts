import { extname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Environment } from '../config.ts'
import type { PageFeedbackRow } from '../store/schema.ts'
import type { Core, CoreLog, OperationAnswer } from './core.ts'
import { opening, Outbox, type Reply, type Request } from './messages.ts'
import { fromPlainError } from './plain-error.ts'

/** Beside `src/` as beside `dist/src/`, under the name that it has there. */
const program = new URL(`../core-thread${extname(import.meta.filename)}`, import.meta.url)

/**
 * A third of what the thread may take for what is new, in MiB. The option of the process, which is for the thread
 * that serves HTTP, would override a limit that is given to one thread; it is read when a thread begins.
 */
const semiSpaceMiB = 4

interface Call {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
  signal: AbortSignal | undefined
  abort: () => void
}

/**
 * Opens the core in a thread of its own, so that a slow disk holds up nothing but what waits for it, and two
 * processors do more than one. What the thread does not catch ends the process, as it would have here.
 * @param environment from which the thread reads its configuration
 * @throws what openCore throws
 */
export async function openCoreThread(environment: Environment, logger: CoreLog): Promise<Core> {
  setFlagsFromString(`--max-semi-space-size=${semiSpaceMiB}`)
  const worker = new Worker(program, { workerData: environment })
  const outbox = new Outbox<Request>(worker)
  const calls = new Map<number, Call>()
  let lastId = opening

  const wait = (id: number, signal?: AbortSignal) =>
    new Promise<unknown>((resolve, reject) => {
      const abort = () => {
        outbox.put({ id, method: 'abort' })
      }
      calls.set(id, { resolve, reject, signal, abort })
      signal?.addEventListener('abort', abort, { once: true })
    })

  const call = (method: keyof Core, args: unknown[], signal?: AbortSignal): Promise<unknown> => {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const id = ++lastId
    outbox.put({ id, method, args })
    return wait(id, signal)
  }

  const settle = (reply: Exclude<Reply, { log: unknown }>) => {
    const waiting = calls.get(reply.id)
    if (!waiting) return
    const { resolve, reject, signal, abort } = waiting
    calls.delete(reply.id)
    signal?.removeEventListener('abort', abort)
    if ('value' in reply) resolve(reply.value)
    else reject(reply.aborted ? signal?.reason : fromPlainError(reply.error))
  }

  const log = ({ log: level, details, error, text }: Extract<Reply, { log: unknown }>) => {
    logger[level]({ ...details, ...(error && { error: fromPlainError(error) }) }, text)
  }

  worker.on('message', (replies: Reply[]) => {
    for (const reply of replies) {
      if ('log' in reply) log(reply)
      else settle(reply)
    }
  })
  worker.on('error', (error) => {
    throw error
  })
  let ending = false
  worker.on('exit', (code) => {
    if (!ending) throw new Error(`the thread of the core ended by itself, with code ${code}`)
  })
  const end = async () => {
    ending = true
    await worker.terminate()
  }

  try {
    await wait(opening)
  } catch (error) {
    await end()
    throw error
  }
  return {
    operate: (operation, signal) => call('operate', [operation], signal) as Promise<OperationAnswer>,
    ping: (signal) => call('ping', [], signal) as Promise<void>,
    overLimit: (counter, key) => call('overLimit', [counter, key]) as Promise<number | null>,
    countFeedback: (answer, signal) => call('countFeedback', [answer], signal) as Promise<void>,
    listFeedback: (signal) => call('listFeedback', [], signal) as Promise<PageFeedbackRow[]>,
    async close() {
      try {
        await call('close', [])
      } finally {
        await end()
      }
    },
  }
}
