import { unlessAborted } from '../../abort.ts'

/** Runs work under the same name one after another, and work under different names concurrently. */
export class KeyedMutex {
  /** Promises by name. Each resolves when all work queued so far under its name is done. */
  readonly #ends = new Map<string, Promise<void>>()

  /**
   * Runs `work` after all earlier work under the same name.
   * @throws the signal's reason if the signal aborts before `work` starts; any error from `work`
   */
  async runExclusive<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#ends.get(name)
    const { promise: done, resolve: finish } = Promise.withResolvers<undefined>()
    // An aborted waiter must not let later work overtake earlier work.
    const end = Promise.all([before, done]).then(() => {
      if (this.#ends.get(name) === end) this.#ends.delete(name)
    })
    this.#ends.set(name, end)
    try {
      if (before) await unlessAborted(before, signal)
      return await work()
    } finally {
      finish(undefined)
    }
  }
}
