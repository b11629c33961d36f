import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible'

/**
 * Counts one event for a key.
 * @returns milliseconds until the window ends if the key is over the limit, else null
 * @throws the error that prevented the count
 */
export async function consumeRateLimit(limiter: RateLimiterAbstract, key: string): Promise<number | null> {
  try {
    await limiter.consume(key)
    return null
  } catch (reason) {
    // It rejects with its state if the key is over the limit, and with an error if counting failed.
    if (reason instanceof RateLimiterRes) return reason.msBeforeNext
    throw reason
  }
}
