/** Maximum number of entries; with short keys and small values, about 15 MiB. */
const maxEntries = 100_000

/**
 * A map for a short memory of bounded size, without a timer for each entry. Keeps an entry for at least `keptMs` after
 * it was set; if there are too many, forgets the oldest half of them.
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
      // Whole maps are dropped, because a Map is slow at finding its first entry once many before it were deleted.
      this.#older = this.#newer
      this.#newer = new Map()
      this.#nextShift = now + this.#keptMs
    }
    this.#newer.set(key, value)
  }
}
