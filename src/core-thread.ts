/** What the core's thread runs: it opens the core, and does what `core/open-core-thread.ts` asks it to. */
import { parentPort, workerData } from 'node:worker_threads'
import { readConfig, type Environment } from './config.ts'
import type { Core } from './core/core.ts'
import { openingId, Outbox, type CallMessage, type FromCore, type ToCore } from './core/messages.ts'
import { openCore } from './core/open-core.ts'
import { toPlainError } from './core/plain-error.ts'

if (!parentPort) throw new Error('this is a thread of `rekey serve`, and no program')
const port = parentPort
const outbox = new Outbox<FromCore>(port)
const running = new Map<number, AbortController>()

const log = (level: 'info' | 'error') => (details: object, text: string) => {
  const { error, ...others } = details as { error?: unknown }
  const plain = error === undefined ? undefined : toPlainError(error)
  outbox.put({ level, details: others, error: plain, text })
}

async function run(core: Core, { id, method, args }: CallMessage): Promise<void> {
  const controller = new AbortController()
  const { signal } = controller
  running.set(id, controller)
  try {
    // Those that take no signal pass over it.
    const call = core[method].bind(core) as (...args: unknown[]) => Promise<unknown>
    outbox.put({ id, value: await call(...args, signal) })
  } catch (error) {
    outbox.put({ id, error: toPlainError(error), aborted: signal.aborted && error === signal.reason })
  } finally {
    running.delete(id)
  }
}

try {
  const logger = { info: log('info'), error: log('error') }
  const core = await openCore(readConfig(workerData as Environment), { logger })
  port.on('message', (messages: ToCore[]) => {
    for (const message of messages) {
      // Why it aborted is known on the other side.
      if ('aborted' in message) running.get(message.aborted)?.abort()
      else void run(core, message).then(message.method === 'close' ? leave : undefined)
    }
  })
  outbox.put({ id: openingId, value: undefined })
} catch (error) {
  outbox.put({ id: openingId, error: toPlainError(error), aborted: false })
  leave()
}

/** The thread ends by itself, once what is in the outbox is sent and nothing runs any more. */
function leave(): void {
  setImmediate(() => {
    port.close()
  })
}
