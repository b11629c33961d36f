/** A scope's work: the number of slots that it holds, and the work that waits for a slot. */
interface Line {
  held: number
  /** Functions that each start one piece of waiting work, oldest first. */
  waiting: Set<() => void>
}

/**
 * Limits how much work runs at the same time, and shares the slots fairly among scopes, such as applications or
 * networks. A scope gets another slot only if more slots are free than it already holds. One scope can therefore hold
 * half of the slots, and the next scope half of the remaining slots, even if none of their work ever ends. With a
 * single slot, scopes take turns. The work of one scope starts in the order in which it arrived.
 */
export class FairGate {
  /** The scopes in the order of their turns. The first one that may hold another slot gets the next free slot. */
  readonly #lines = new Map<string, Line>()
  #free: number

  constructor(slots: number) {
    this.#free = slots
  }

  /**
   * Waits for a slot, runs `work`, and returns its result.
   * @throws any error from `work`; the signal's reason if the signal aborts before the work starts
   */
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
   * @returns a function that releases the slot; call it exactly once
   * @throws the signal's reason if the signal aborts before the scope gets a slot
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
      // Move the scope only after its work, so that scopes whose work arrived in the meantime come first.
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
    // A line that moves to the end is visited again, so the loop ends only when no scope may take another slot.
    for (const [scope, line] of this.#lines) {
      const [start] = line.waiting
      if (!start || line.held >= this.#free) continue
      line.waiting.delete(start)
      this.#take(line)
      this.#moveToEnd(scope, line)
      start()
    }
  }

  /** Moves a scope's line to the end, or deletes the line if it is empty. A Map keeps the order of insertion. */
  #moveToEnd(scope: string, line: Line): void {
    this.#lines.delete(scope)
    if (line.held > 0 || line.waiting.size > 0) this.#lines.set(scope, line)
  }
}
