/** The work of one scope that holds a slot or waits for one, in order. */
interface Line {
  held: number
  /** Each function starts the work that waits. */
  waiting: Set<() => void>
}

/**
 * Limits how much work runs at the same time, so that no scope can take all of it: a scope gets another slot only while
 * it holds fewer than are free. The first scope can so hold half of the slots, and the next half of what is left, even
 * if none of their work ever ends. Work of one scope starts in order; scopes take turns.
 */
export class FairGate {
  readonly #lines = new Map<string, Line>()
  #free: number

  constructor(slots: number) {
    this.#free = slots
  }

  /** @throws the signal's reason if the signal aborts before the work starts */
  async run<T>(scope: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const line = this.#lines.get(scope) ?? { held: 0, waiting: new Set() }
    this.#lines.set(scope, line)
    await this.#wait(line, signal).finally(() => {
      this.#forgetEmpty(scope, line)
    })
    try {
      return await work()
    } finally {
      line.held -= 1
      this.#free += 1
      this.#forgetEmpty(scope, line)
      this.#startWaiting()
    }
  }

  #wait(line: Line, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        line.waiting.delete(start)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      line.waiting.add(start)
      this.#startWaiting()
    })
  }

  #startWaiting(): void {
    // A line that moves to the end is visited again, so this ends once no line may have another slot.
    for (const [scope, line] of this.#lines) {
      const [start] = line.waiting
      if (!start || line.held >= this.#free) continue
      this.#lines.delete(scope)
      this.#lines.set(scope, line)
      line.waiting.delete(start)
      line.held += 1
      this.#free -= 1
      start()
    }
  }

  #forgetEmpty(scope: string, { held, waiting }: Line): void {
    if (held === 0 && waiting.size === 0) this.#lines.delete(scope)
  }
}
