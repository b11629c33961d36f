/** How long after an outage requests may still be slow, in milliseconds: a pool reconnects, a deadline of 10 s expires. */
const aftermathMs = 11_000

/**
 * Records when something was deliberately down, so that the time limits apply only to requests outside these outages.
 */
export class Outages {
  #until = 0

  /** Runs work during which requests may fail or be slow. */
  async during(work: () => Promise<void>): Promise<void> {
    this.#until = Infinity
    try {
      await work()
    } finally {
      this.#until = performance.now() + aftermathMs
    }
  }

  /** Whether a request that began at this time (`performance.now()`) and ends now overlapped an outage. */
  met(begin: number): boolean {
    return begin < this.#until
  }
}
