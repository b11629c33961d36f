/** The work of one scope that holds a slot or waits for one, in order. */
interface Line {
  held: number
  /** Each function starts work that waits. */
  waiting: Set<() => void>
}

/**
 * Limits how much work runs at the same time, so that no scope (an application, a network) can take all of it: a scope
 * gets another slot only while it holds fewer than are free. So the first scope can hold half of the slots, and the
 * next one half of what is left, even if none of their work ever ends. With one slot, scopes take turns. Work of one
 * scope starts in order.
 */
export class FairGate {
  /** The first line that may have a slot gets the next one. */
  readonly #lines = new Map<string, Line>()
  #free: number

  constructor(slots: number) {
    this.#free = slots
  }

  /** Settles like `work`. @throws the signal's reason if the signal aborts before the work starts */
  async run<T>(scope: string, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
    const release = await this.acquire(scope, signal)
    try {
      return await work()
    } finally {
      release()
    }
  }

  /**
   * Waits for a slot.
   * @returns a function that gives the slot back; must be called once
   * @throws the signal's reason if the signal aborts before
   */
  async acquire(scope: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const line = this.#lines.get(scope) ?? { held: 0, waiting: new Set() }
    this.#lines.set(scope, line)
    if (line.waiting.size === 0 && line.held < this.#free) this.#take(line)
    else await this.#wait(scope, line, signal)
    return () => {
      line.held -= 1
      this.#free += 1
      // Not before: work that came meanwhile is for scopes that have waited longer.
      this.#moveToEnd(scope, line)
      this.#startWaiting()
    }
  }

  #take(line: Line): void {
    line.held += 1
    this.#free -= 1
  }

  #wait(scope: string, line: Line, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        line.waiting.delete(start)
        if (line.held === 0 && line.waiting.size === 0) this.#lines.delete(scope)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      line.waiting.add(start)
    })
  }

  #startWaiting(): void {
    // A line that moves to the end is visited again, so this ends once no line may have another slot.
    for (const [scope, line] of this.#lines) {
      const [start] = line.waiting
      if (!start || line.held >= this.#free) continue
      line.waiting.delete(start)
      this.#take(line)
      this.#moveToEnd(scope, line)
      start()
    }
  }

  /** Moves a line to the end, or forgets it if it is empty. A Map keeps the order of insertion. */
  #moveToEnd(scope: string, line: Line): void {
    this.#lines.delete(scope)
    if (line.held > 0 || line.waiting.size > 0) this.#lines.set(scope, line)
  }
}
