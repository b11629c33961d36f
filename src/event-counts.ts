import { RecentMap } from './recent-map.ts'

export interface CountLimit {
  /** Events allowed within the window. */
  points: number
  /** The window, in seconds. It begins with a key's first event. */
  duration: number
}

interface Window {
  count: number
  /** When the window ends, as a value of `performance.now()`. */
  end: number
}

/**
 * Counts events by key in this process's memory. If there are too many keys, the counts of the oldest keys are dropped
 * and start again at 0, so that the memory stays bounded.
 */
export class EventCounts {
  readonly #points: number
  readonly #durationMs: number
  readonly #windows: RecentMap<Window>

  constructor({ points, duration }: CountLimit) {
    this.#points = points
    this.#durationMs = duration * 1_000
    this.#windows = new RecentMap(this.#durationMs)
  }

  /**
   * Counts one event for a key.
   * @returns null if the key is within the limit, otherwise the milliseconds until its window ends
   */
  count(key: string): number | null {
    const now = performance.now()
    let window = this.#windows.get(key)
    if (!window || window.end <= now) {
      window = { count: 0, end: now + this.#durationMs }
      this.#windows.set(key, window)
    }
    window.count += 1
    return window.count > this.#points ? window.end - now : null
  }
}
