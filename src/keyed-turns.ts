import { FairGate } from './fair-gate.ts'

/**
 * Limits how much work runs under the same key at the same time. It starts in the order in which it arrived. Work under
 * different keys never waits for each other.
 */
export class KeyedTurns {
  readonly #max: number
  /** The gate of each key that has work, and how much work it has. */
  readonly #gates = new Map<string, { gate: FairGate; works: number }>()

  constructor(max: number) {
    this.#max = max
  }

  /**
   * Waits for a turn, runs `work`, and returns its result.
   * @throws any error from `work`; the signal's reason if the signal aborts before the work starts
   */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    // A gate gives a single scope half of its slots, rounded up.
    const turns = this.#gates.get(key) ?? { gate: new FairGate(2 * this.#max - 1), works: 0 }
    this.#gates.set(key, turns)
    turns.works += 1
    try {
      return await turns.gate.run('', signal, work)
    } finally {
      turns.works -= 1
      if (turns.works === 0) this.#gates.delete(key)
    }
  }
}
