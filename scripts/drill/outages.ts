/**
 * How long requests may still be slow after an outage, in milliseconds: a pool must reconnect, or a request waits until
 * its 10 s deadline.
 */
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

  /**
   * Whether a request that started at `begin` (in `performance.now()` time) and ends now overlaps an outage or its
   * aftermath.
   */
  met(begin: number): boolean {
    return begin < this.#until
  }
}
