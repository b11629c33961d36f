import type { BatchedPort } from './batched-port.ts'
import {
  openingId,
  type Arguments,
  type FailureMessage,
  type Method,
  type Result,
  type ResultMessage,
  type ToCore,
} from './messages.ts'
import { deserializeError } from './serialized-error.ts'

interface Pending {
  resolve: (result: unknown) => void
  reject: (error: unknown) => void
  signal: AbortSignal | undefined
  abort: () => void
}

/** Tracks the calls to the core's thread that have no result yet. */
export class PendingCalls {
  readonly #port: BatchedPort<ToCore>
  readonly #pending = new Map<number, Pending>()
  #lastId = openingId

  constructor(port: BatchedPort<ToCore>) {
    this.#port = port
  }

  /** Waits until the core is open. */
  async waitUntilOpen(): Promise<void> {
    await this.#wait(openingId)
  }

  /**
   * Sends a call. If the signal aborts, the abort is forwarded, and the call settles only when the other thread
   * responds.
   */
  call<M extends Method>(method: M, args: Arguments<M>, signal?: AbortSignal): Promise<Result<M>> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const id = ++this.#lastId
    this.#port.post({ id, method, args })
    return this.#wait(id, signal) as Promise<Result<M>>
  }

  succeed({ id, result }: ResultMessage): void {
    this.#take(id).resolve(result)
  }

  fail({ id, error, aborted }: FailureMessage): void {
    const { reject, signal } = this.#take(id)
    reject(aborted ? signal?.reason : deserializeError(error))
  }

  #take(id: number): Pending {
    const pending = this.#pending.get(id)
    if (!pending) throw new Error(`received a result for call ${id}, which is not pending`)
    this.#pending.delete(id)
    pending.signal?.removeEventListener('abort', pending.abort)
    return pending
  }

  #wait(id: number, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#port.post({ aborted: id })
      }
      this.#pending.set(id, { resolve, reject, signal, abort })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }
}
