/** SQL expression for the server's time in milliseconds since 1970. Unlike `now()`, it advances within a transaction. */
export const serverTime = '(extract(epoch from clock_timestamp()) * 1000)::float8'

/**
 * How much the difference between this machine's clock and its monotonic clock may change, in milliseconds. After a
 * larger change, the server's clock is read again.
 */
const toleranceMs = 1_000

/**
 * Follows the database server's clock, so that all instances agree on the time even if their machines do not.
 * Between two observations, it advances with the monotonic clock.
 */
export class DatabaseClock {
  /** The server's time when this process's monotonic clock was 0. Until the first observation, an estimate. */
  #origin = performance.timeOrigin

  /** The machine's time when its monotonic clock was 0. */
  #machineOrigin = Date.now() - performance.now()
  readonly #refresh: () => void

  /** @param refresh starts reading the server's clock, and passes the time to `observe` if that succeeds */
  constructor(refresh: () => void) {
    this.#refresh = refresh
  }

  /** Returns the server's time in milliseconds since 1970, accurate to half a round trip. */
  now(): number {
    const uptime = performance.now()
    const machineOrigin = Date.now() - uptime
    // The monotonic clock may have stopped while the machine was suspended.
    if (Math.abs(machineOrigin - this.#machineOrigin) > toleranceMs) {
      this.#machineOrigin = machineOrigin
      this.#refresh()
    }
    return Math.floor(uptime + this.#origin)
  }

  /**
   * Takes the server's time from a query's response. The server read its clock between `sentAt` and now. An estimate
   * that fits this interval is kept, so that a slow response does not make it less accurate.
   * @param sentAt when the query was sent, as a value of `performance.now()`
   */
  observe(time: number, sentAt: number): void {
    const earliest = time - performance.now()
    const latest = time - sentAt
    if (this.#origin < earliest || this.#origin > latest) this.#origin = (earliest + latest) / 2
  }
}
