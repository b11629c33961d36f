import type { BatchedPort } from './batched-port.ts'
import {
  openingId,
  type Argument,
  type CallMessage,
  type FailureMessage,
  type Method,
  type Posted,
  type Result,
  type ResultMessage,
} from './messages.ts'
import { deserializeError } from './serialized-error.ts'

interface Pending {
  reject: (error: unknown) => void
  signal: AbortSignal | undefined
  abort: () => void
}

type Resolvers = { [M in Method]: Map<number, (result: Result<M>) => void> }

/** Tracks the calls to the core's thread that have no result yet. */
export class PendingCalls {
  readonly #port: BatchedPort<Posted>
  readonly #pending = new Map<number, Pending>()
  readonly #resolvers: Resolvers = {
    open: new Map(),
    execute: new Map(),
    findInvitation: new Map(),
    ping: new Map(),
    publicKeys: new Map(),
    keyStatistics: new Map(),
    consumeRateLimit: new Map(),
    close: new Map(),
  }
  #lastId = openingId

  constructor(port: BatchedPort<Posted>) {
    this.#port = port
  }

  /** Waits until the core is open. Sends no message, because starting the thread implies the `open` call. */
  waitUntilOpen(): Promise<undefined> {
    return this.#wait('open', openingId)
  }

  /**
   * Sends a call. If the signal aborts, the abort is forwarded, and the call settles only when the other thread
   * responds.
   */
  call<M extends Method>(method: M, argument: Argument<M>, signal?: AbortSignal): Promise<Result<M>> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const id = ++this.#lastId
    const message: CallMessage<M> = { id, method, argument }
    this.#port.post(message)
    return this.#wait(method, id, signal)
  }

  succeed<M extends Method>(message: ResultMessage<M>): void {
    const resolvers: Map<number, (result: Result<M>) => void> = this.#resolvers[message.method]
    const resolve = resolvers.get(message.id)
    this.#take(message.id)
    resolvers.delete(message.id)
    resolve?.(message.result)
  }

  fail({ id, error, aborted }: FailureMessage): void {
    const { reject, signal } = this.#take(id)
    for (const resolvers of Object.values(this.#resolvers)) resolvers.delete(id)
    reject(aborted ? signal?.reason : deserializeError(error))
  }

  #take(id: number): Pending {
    const pending = this.#pending.get(id)
    if (!pending) throw new Error(`received a result for call ${id}, which is not pending`)
    this.#pending.delete(id)
    pending.signal?.removeEventListener('abort', pending.abort)
    return pending
  }

  #wait<M extends Method>(method: M, id: number, signal?: AbortSignal): Promise<Result<M>> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#port.post({ aborted: id })
      }
      this.#resolvers[method].set(id, resolve)
      this.#pending.set(id, { reject, signal, abort })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }
}
