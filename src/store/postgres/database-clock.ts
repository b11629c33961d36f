/** SQL expression for the server's time in milliseconds since 1970. Unlike `now()`, it advances within a transaction. */
export const serverTime = '(extract(epoch from clock_timestamp()) * 1000)::float8'

/**
 * Follows the database server's clock, so that all instances agree on the time, whatever their machines' clocks say.
 * Between two observations, it advances with the monotonic clock.
 */
export class DatabaseClock {
  /** The server's time when this process's monotonic clock was 0. Until the first observation, an estimate. */
  #origin = performance.timeOrigin

  /** Returns the server's time in milliseconds since 1970, accurate to half a round trip. */
  now(): number {
    return Math.floor(performance.now() + this.#origin)
  }

  /**
   * Takes the server's time from a response. The server read its clock after the query was sent and before now; an
   * estimate that fits both is kept, so that slow responses do not make it worse.
   * @param sentAt when the query was sent, by `performance.now()`
   */
  observe(time: number, sentAt: number): void {
    const earliest = time - performance.now()
    const latest = time - sentAt
    if (this.#origin < earliest || this.#origin > latest) this.#origin = (earliest + latest) / 2
  }
}
