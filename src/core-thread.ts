/** What the core's thread runs: it opens the core, and does what `core/open-core-thread.ts` asks it to. */
import { parentPort, workerData } from 'node:worker_threads'
import { readConfig, type Environment } from './config.ts'
import type { Core } from './core/core.ts'
import { opening, Outbox, type Reply, type Request } from './core/messages.ts'
import { openCore } from './core/open-core.ts'
import { toPlainError } from './core/plain-error.ts'
import { RekeyError } from './errors.ts'

if (!parentPort) throw new Error('this is a thread of `rekey serve`, and no program')
const port = parentPort
const outbox = new Outbox<Reply>(port)
const running = new Map<number, AbortController>()

const log = (level: 'info' | 'error') => (details: object, text: string) => {
  const { error, ...others } = details as { error?: unknown }
  outbox.put({
    log: level,
    details: others,
    error: error === undefined ? undefined : toPlainError(error),
    text,
  })
}

async function answer(
  core: Core,
  { id, method, args }: Extract<Request, { args: unknown[] }>,
): Promise<void> {
  const controller = new AbortController()
  const { signal } = controller
  running.set(id, controller)
  try {
    const run = core[method].bind(core) as (...args: unknown[]) => Promise<unknown>
    outbox.put({ id, value: await run(...args, signal) })
  } catch (error) {
    outbox.put({ id, error: toPlainError(error), aborted: signal.aborted && error === signal.reason })
  } finally {
    running.delete(id)
  }
}

try {
  const core = await openCore(readConfig(workerData as Environment), {
    logger: { info: log('info'), error: log('error') },
  })
  port.on('message', (requests: Request[]) => {
    for (const request of requests) {
      if (request.method === 'abort') running.get(request.id)?.abort(new RekeyError('timedOut'))
      else void answer(core, request)
    }
  })
  outbox.put({ id: opening, value: undefined })
} catch (error) {
  outbox.put({ id: opening, error: toPlainError(error), aborted: false })
}
