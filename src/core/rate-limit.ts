import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible'

/**
 * Counts one event for a key.
 * @returns null if the key is within the limit, otherwise the milliseconds until the window ends
 * @throws any error that prevents counting
 */
export async function consumeRateLimit(limiter: RateLimiterAbstract, key: string): Promise<number | null> {
  try {
    await limiter.consume(key)
    return null
  } catch (reason) {
    // The limiter rejects with its state if the key is over the limit, and with an error if counting failed.
    if (reason instanceof RateLimiterRes) return reason.msBeforeNext
    throw reason
  }
}
