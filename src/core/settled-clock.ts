import type { Store } from '../store/store.ts'
import type { CoreLog } from './core.ts'

/** How far the clock may leave the monotonic clock between two readings, in milliseconds. */
const toleranceMs = 60_000
/** How far the clock may be past the newest stored time at the start, in milliseconds. */
const maxGapMs = 86_400_000
/** How long a doubtful clock must run steadily before its time is settled, in milliseconds. */
const proofMs = 3_600_000

export interface SettledClockOptions {
  /** Returns the current time in milliseconds since 1970. */
  now: () => number
  /** Returns the milliseconds since some fixed moment, and never jumps. */
  uptime: () => number
  logger: Pick<CoreLog, 'warn'>
}

/**
 * Knows the time that has passed beyond doubt, so that nothing irreversible depends on a single reading of the clock.
 * That is the current time, unless the clock has jumped, or is more than a day past the newest stored time at the
 * start. The settled time then advances from the last one with the monotonic clock, and follows the clock again once
 * that has been steady for an hour.
 */
export class SettledClock {
  readonly #options: SettledClockOptions
  #last: { time: number; uptime: number; settled: number }
  /** When the clock was last doubted, by `uptime`; null if its time is settled. */
  #doubtedAt: number | null = null

  static async open(store: Store, options: SettledClockOptions): Promise<SettledClock> {
    return new SettledClock(options, await store.passedTime(options.now()))
  }

  /** @param passed a time that has certainly passed, in milliseconds since 1970 */
  private constructor(options: SettledClockOptions, passed: number) {
    const { now, uptime } = options
    this.#options = options
    this.#last = { time: now(), uptime: uptime(), settled: passed }
    if (this.#last.time - passed > maxGapMs) this.#doubtedAt = this.#last.uptime
  }

  /** Returns the settled time in whole milliseconds since 1970, which is never after the current time. */
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
