import type { Store } from '../store/store.ts'
import type { CoreLog } from './core.ts'

/**
 * How far the clock and the monotonic clock may diverge between two readings, in milliseconds. A larger difference
 * counts as a jump.
 */
const toleranceMs = 60_000
/**
 * Maximum difference between the saved settled time and the current time when the process starts, in milliseconds.
 * After a longer gap, the clock counts as unreliable. A wrong clock within this limit is believed, so several such
 * starts could add up; that is why the limit is not a day.
 */
const maxGapMs = 3_600_000
/** How long an unreliable clock must run steadily before it counts as reliable again, in milliseconds. */
const proofMs = 3_600_000

export interface SettledClockOptions {
  /** Returns the current time in milliseconds since 1970. */
  now: () => number
  /** Returns the milliseconds since some fixed moment, from a monotonic clock. */
  uptime: () => number
  logger: Pick<CoreLog, 'warn'>
}

/**
 * Provides the settled time: a time that has certainly passed, even if the clock is wrong. Anything that cannot be
 * undone, such as erasing an expired secret, must depend on the settled time instead of a single reading of the clock.
 *
 * As long as the clock is reliable, the settled time is the current time. The clock becomes unreliable if it jumps, or
 * if it is more than an hour past the saved settled time when the process starts. From then on, the settled time
 * advances from its last value with the monotonic clock. Once the clock has run steadily for an hour, it is reliable
 * again. Each sweep saves the settled time.
 */
export class SettledClock {
  readonly #options: SettledClockOptions
  #last: { time: number; uptime: number; settled: number }
  /** The `uptime` at which the clock became unreliable; null while the clock is reliable. */
  #doubtedAt: number | null = null

  static async open(store: Store, options: SettledClockOptions): Promise<SettledClock> {
    return new SettledClock(options, await store.readSettledTime(options.now()))
  }

  /** @param passed a time that has certainly passed, in milliseconds since 1970 */
  private constructor(options: SettledClockOptions, passed: number) {
    const { now, uptime } = options
    this.#options = options
    this.#last = { time: now(), uptime: uptime(), settled: passed }
    if (this.#last.time - passed > maxGapMs) this.#doubtedAt = this.#last.uptime
  }

  /** Returns the settled time in whole milliseconds since 1970. It is never after the current time. */
  read(): number {
    const time = this.#options.now()
    const uptime = this.#options.uptime()
    const elapsed = uptime - this.#last.uptime
    const jump = time - this.#last.time - elapsed
    if (Math.abs(jump) > toleranceMs) {
      this.#doubtedAt = uptime
      this.#options.logger.warn(
        { time: new Date(time).toISOString(), jumpSeconds: Math.round(jump / 1000) },
        'the clock has jumped, or the machine was suspended; if the time is wrong now, correct it (check NTP)',
      )
    }
    if (this.#doubtedAt !== null && uptime - this.#doubtedAt >= proofMs) this.#doubtedAt = null
    const settled = this.#doubtedAt === null ? time : Math.min(time, this.#last.settled + elapsed)
    this.#last = { time, uptime, settled }
    return Math.floor(settled)
  }
}
