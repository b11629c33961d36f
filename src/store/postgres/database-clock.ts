/** SQL expression for the server's time in milliseconds since 1970. Unlike `now()`, it advances within a transaction. */
export const serverTime = '(extract(epoch from clock_timestamp()) * 1000)::float8'

/** How far this machine's clock may leave the monotonic clock before the server's clock is read again. */
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

  /** @param refresh reads the server's clock and passes it to `observe`, whether or not that succeeds */
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
