import { unlessAborted } from '../../abort.ts'

/** Lets work of the same name run one after another, and other work beside it. */
export class KeyedMutex {
  /** By name, resolves when all that has come so far is done. */
  readonly #ends = new Map<string, Promise<void>>()

  /** @throws the signal's reason if it aborts before the work's turn has come */
  async runExclusive<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#ends.get(name)
    const { promise: done, resolve: finish } = Promise.withResolvers<undefined>()
    // One that gave up waiting lets nobody pass those before it.
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
