/** Maximum number of entries; with short keys and small values, about 15 MiB. */
const maxEntries = 100_000

/**
 * A map of bounded size that forgets old entries without a timer for each of them. Keeps an entry for at least `keptMs`
 * after it was set. If there are too many entries, forgets the older half earlier.
 */
export class RecentMap<Value> {
  readonly #keptMs: number
  #newer = new Map<string, Value>()
  #older = new Map<string, Value>()
  #nextShift = 0

  /** @param keptMs milliseconds */
  constructor(keptMs: number) {
    this.#keptMs = keptMs
  }

  get(key: string): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key)
  }

  set(key: string, value: Value): void {
    const now = performance.now()
    if (now >= this.#nextShift || this.#newer.size >= maxEntries / 2) {
      // Drop a whole map instead of single entries, because a Map is slow to find its first entry after many deletions.
      this.#older = this.#newer
      this.#newer = new Map()
      this.#nextShift = now + this.#keptMs
    }
    this.#newer.set(key, value)
  }
}
