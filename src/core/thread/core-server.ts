import type { MessagePort } from 'node:worker_threads'
import type { Environment } from '../../config/config.ts'
import { readConfig } from '../../config/read-config.ts'
import type { LogLevel } from '../core.ts'
import { openCore } from '../open-core.ts'
import { BatchedPort } from './batched-port.ts'
import { openingId, type CallMessage, type FromCore, type Method, type ToCore } from './messages.ts'
import { serializeError } from './serialized-error.ts'

/**
 * How often to look for scheduled probes, in milliseconds. Shorter than the time from a rotation to its first probe,
 * so that this probe is never late.
 */
const probeIntervalMs = 5_000

/** The core's methods. Each takes the signal after the other arguments, or ignores it. */
type Methods = Record<Method, (...args: unknown[]) => Promise<unknown>>

/**
 * Opens the core and serves the calls that `core-client.ts` sends over the port. Closes the port after a `close` call,
 * or if the core cannot be opened.
 * @param environment the variables from which the configuration is read
 */
export async function serveCore(port: MessagePort, environment: Environment): Promise<void> {
  const batched = new BatchedPort<FromCore>(port)
  const running = new Map<number, AbortController>()

  const log = (level: LogLevel) => (details: object, text: string) => {
    const { error, ...others }: { error?: unknown } = { ...details }
    const loggedError = error === undefined ? undefined : serializeError(error)
    batched.post({ level, details: others, loggedError, text })
  }

  const fail = (id: number, error: unknown, aborted: boolean) => {
    batched.post({ id, error: serializeError(error), aborted })
  }

  const serve = async (core: Methods, { id, method, args }: CallMessage) => {
    const controller = new AbortController()
    const { signal } = controller
    running.set(id, controller)
    try {
      batched.post({ id, result: await core[method](...args, signal) })
    } catch (error) {
      fail(id, error, signal.aborted && error === signal.reason)
    } finally {
      running.delete(id)
    }
  }

  /** Closes the port once all batched messages have been posted. */
  const closePort = () => {
    setImmediate(() => {
      port.close()
    })
  }

  try {
    const core = await openCore(readConfig(environment), {
      logger: { info: log('info'), warn: log('warn'), error: log('error') },
      probeIntervalMs,
    })
    const methods = core as unknown as Methods
    port.on('message', (messages: ToCore[]) => {
      for (const message of messages) {
        // Abort without a reason: the other side keeps the signal's reason and rejects the call with it.
        if ('aborted' in message) running.get(message.aborted)?.abort()
        else void serve(methods, message).then(message.method === 'close' ? closePort : undefined)
      }
    })
    batched.post({ id: openingId, result: undefined })
  } catch (error) {
    fail(openingId, error, false)
    closePort()
  }
}
