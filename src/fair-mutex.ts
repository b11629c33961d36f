/**
 * Runs one piece of work at a time. Owners take turns: however much work one owner has waiting, another owner waits for
 * at most one piece of it. Pieces of the same owner run in the order in which they came.
 */
export class FairMutex {
  /** How to start the waiting pieces, by owner. The first owner has the next turn. */
  readonly #waiting = new Map<string, (() => void)[]>()
  #isBusy = false

  /** Settles like `work`, or rejects with the signal's reason if the signal has aborted when the owner's turn comes. */
  async run<T>(owner: string, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
    const release = await this.acquire(owner, signal)
    try {
      return await work()
    } finally {
      release()
    }
  }

  /**
   * Waits for the owner's turn.
   * @returns a function that ends the turn; must be called once
   * @throws the signal's reason if the signal has aborted when the turn comes
   */
  async acquire(owner: string, signal: AbortSignal): Promise<() => void> {
    if (this.#isBusy) await this.#turn(owner)
    this.#isBusy = true
    const release = () => {
      this.#moveBehindOthers(owner)
      this.#startNext()
    }
    if (!signal.aborted) return release
    release()
    throw signal.reason
  }

  #turn(owner: string): Promise<void> {
    return new Promise((start) => {
      const pieces = this.#waiting.get(owner)
      if (pieces) pieces.push(start)
      else this.#waiting.set(owner, [start])
    })
  }

  /** Called after the owner's turn, not before: work that came meanwhile is for owners who have waited longer. */
  #moveBehindOthers(owner: string): void {
    const pieces = this.#waiting.get(owner)
    if (!pieces) return
    // A Map keeps insertion order.
    this.#waiting.delete(owner)
    this.#waiting.set(owner, pieces)
  }

  #startNext(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#isBusy = false
      return
    }
    const [owner, pieces] = next
    const start = pieces.shift()
    if (pieces.length === 0) this.#waiting.delete(owner)
    start?.()
  }
}
