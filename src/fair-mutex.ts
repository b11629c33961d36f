/**
 * Runs one piece of work at a time. Owners take turns: however much work one owner has waiting, another owner waits for
 * at most one piece of it. Pieces of the same owner run in the order in which they came.
 */
export class FairMutex {
  /** How to start the waiting pieces, by owner. The first owner has the next turn. */
  readonly #waiting = new Map<string, (() => void)[]>()
  #isBusy = false

  /** Settles like `work`. */
  async run<T>(owner: string, work: () => T | Promise<T>): Promise<T> {
    if (this.#isBusy) await this.#turn(owner)
    this.#isBusy = true
    try {
      return await work()
    } finally {
      this.#moveBehindOthers(owner)
      this.#startNext()
    }
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
