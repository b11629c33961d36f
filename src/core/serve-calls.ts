import type { MessagePort } from 'node:worker_threads'
import type { Environment } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import type { Core } from './core.ts'
import { openingId, Outbox, type CallMessage, type FromCore, type ToCore } from './messages.ts'
import { openCore } from './open-core.ts'
import { toPlainError } from './plain-error.ts'

/**
 * Opens the core, and does what is asked of it through the port, until it is asked to close or cannot be opened: then
 * it closes the port. The other side is `connect-core.ts`.
 * @param environment from which the configuration is read
 */
export async function serveCalls(port: MessagePort, environment: Environment): Promise<void> {
  const outbox = new Outbox<FromCore>(port)
  const running = new Map<number, AbortController>()

  const log = (level: 'info' | 'error') => (details: object, text: string) => {
    const { error, ...others } = details as { error?: unknown }
    const plain = error === undefined ? undefined : toPlainError(error)
    outbox.put({ level, details: others, error: plain, text })
  }

  const run = async (core: Core, { id, method, args }: CallMessage) => {
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

  /** Closes once what is in the outbox is sent. */
  const leave = () => {
    setImmediate(() => {
      port.close()
    })
  }

  try {
    const core = await openCore(readConfig(environment), {
      logger: { info: log('info'), error: log('error') },
    })
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
}
