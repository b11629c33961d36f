import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible'

/**
 * Counts one more for a key.
 * @returns how long until the counter begins anew, in milliseconds, if that was too many; else null
 * @throws whatever kept it from being counted
 */
export async function overLimit(counter: RateLimiterAbstract, key: string): Promise<number | null> {
  try {
    await counter.consume(key)
    return null
  } catch (reason) {
    // It rejects with the state of the counter, or with what went wrong.
    if (reason instanceof RateLimiterRes) return reason.msBeforeNext
    throw reason
  }
}
