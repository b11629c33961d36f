import type { Core } from './core.ts'
import { openingId, type Outbox, type Outcome, type ToCore } from './messages.ts'
import { fromPlainError } from './plain-error.ts'

interface Waiting {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
  signal: AbortSignal | undefined
  abort: () => void
}

/** The calls of a core in another thread that wait for their outcome. */
export class Calls {
  readonly #outbox: Outbox<ToCore>
  readonly #waiting = new Map<number, Waiting>()
  #lastId = openingId

  constructor(outbox: Outbox<ToCore>) {
    this.#outbox = outbox
  }

  /** Waits until the core is opened, which nobody has to ask for. */
  opening(): Promise<unknown> {
    return this.#wait(openingId)
  }

  /** @returns what the method does; if the signal aborts, that too is for the other thread to settle */
  make(method: keyof Core, args: unknown[], signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const id = ++this.#lastId
    this.#outbox.put({ id, method, args })
    return this.#wait(id, signal)
  }

  settle(outcome: Outcome): void {
    const waiting = this.#waiting.get(outcome.id)
    if (!waiting) throw new Error(`no call ${outcome.id} waits for an outcome`)
    const { resolve, reject, signal, abort } = waiting
    this.#waiting.delete(outcome.id)
    signal?.removeEventListener('abort', abort)
    if ('value' in outcome) resolve(outcome.value)
    else reject(outcome.aborted ? signal?.reason : fromPlainError(outcome.error))
  }

  #wait(id: number, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#outbox.put({ aborted: id })
      }
      this.#waiting.set(id, { resolve, reject, signal, abort })
      signal?.addEventListener('abort', abort, { once: true })
    })
  }
}
