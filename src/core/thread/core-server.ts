import type { MessagePort } from 'node:worker_threads'
import type { Environment } from '../../config/config.ts'
import { readConfig } from '../../config/read-config.ts'
import type { Core, LogLevel } from '../core.ts'
import { openCore } from '../open-core.ts'
import { BatchedPort } from './batched-port.ts'
import {
  openingId,
  type Argument,
  type CallMessage,
  type Method,
  type PostedBack,
  type Result,
  type ResultMessage,
  type ToCore,
} from './messages.ts'
import { serializeError } from './serialized-error.ts'

/**
 * How often to look for scheduled probes, in milliseconds. Shorter than the time from a rotation to its first probe,
 * so that this probe is never late.
 */
const probeIntervalMs = 5_000

type Handlers = { [M in Method]: (argument: Argument<M>, signal: AbortSignal) => Promise<Result<M>> }

/**
 * Opens the core and serves the calls that `core-client.ts` sends over the port. Closes the port after a `close` call,
 * or if the core cannot be opened.
 * @param environment the variables from which the configuration is read
 */
export async function serveCore(port: MessagePort, environment: Environment): Promise<void> {
  const batched = new BatchedPort<PostedBack>(port)
  const running = new Map<number, AbortController>()

  const log = (level: LogLevel) => (details: object, text: string) => {
    const { error, ...others }: { error?: unknown } = { ...details }
    const loggedError = error === undefined ? undefined : serializeError(error)
    batched.post({ level, details: others, loggedError, text })
  }

  const fail = (id: number, error: unknown, aborted: boolean) => {
    batched.post({ id, error: serializeError(error), aborted })
  }

  const serve = async <M extends Method>(handlers: Handlers, call: CallMessage<M>) => {
    const { id, method } = call
    const controller = new AbortController()
    const { signal } = controller
    running.set(id, controller)
    try {
      const handler: Handlers[M] = handlers[method]
      const message: ResultMessage<M> = { id, method, result: await handler(call.argument, signal) }
      batched.post(message)
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
    const handlers = handlersOf(core)
    port.on('message', (messages: ToCore[]) => {
      for (const message of messages) {
        // Abort without a reason: the other side keeps the signal's reason and rejects the call with it.
        if ('aborted' in message) running.get(message.aborted)?.abort()
        else void serve(handlers, message).then(message.method === 'close' ? closePort : undefined)
      }
    })
    batched.post({ id: openingId, method: 'open', result: undefined })
  } catch (error) {
    fail(openingId, error, false)
    closePort()
  }
}

function handlersOf(core: Core): Handlers {
  return {
    open: () => Promise.resolve(undefined),
    execute: (call, signal) => core.execute(call, signal),
    findInvitation: (token, signal) => core.findInvitation(token, signal),
    ping: (_, signal) => core.ping(signal).then(() => undefined),
    publicKeys: (owner, signal) => core.publicKeys(owner, signal),
    keyStatistics: (_, signal) => core.keyStatistics(signal),
    consumeRateLimit: ({ limit, key }) => core.consumeRateLimit(limit, key),
    close: () => core.close().then(() => undefined),
  }
}
