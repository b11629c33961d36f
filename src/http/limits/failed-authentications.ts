import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Core } from '../../core/core.ts'
import { RekeyError, tooManyRequests } from '../../errors.ts'

const windowSeconds = 60

/**
 * Runs an authentication on behalf of a network, unless that has had too many that failed.
 * @throws RekeyError `tooManyRequests` then, and whatever the authentication throws
 */
export type LimitAuthentication = <T>(network: string, authenticate: () => Promise<T>) => Promise<T>

/**
 * Limits how many requests without a valid token a network may send within a minute. Failures are counted
 * where every instance sees them; whether a network is over the limit each keeps in memory, so that a
 * valid request costs nothing.
 * @param perMinute 0 sets no limit
 */
export function limitFailedAuthentications(perMinute: number, core: Core): LimitAuthentication {
  if (perMinute === 0) return (_, authenticate) => authenticate()
  const failures = { points: perMinute, duration: windowSeconds, keyPrefix: 'failed-authentication' }
  const blocked = new RateLimiterMemory({ points: 1, duration: windowSeconds })
  return async (network, authenticate) => {
    const block = await blocked.get(network)
    if (block) throw tooManyFailures(block.msBeforeNext)
    try {
      return await authenticate()
    } catch (error) {
      if (!(error instanceof RekeyError) || error.kind !== 'unauthorized') throw error
      const waitMs = await core.consumeRateLimit(failures, network)
      if (waitMs === null) throw error
      await blocked.block(network, waitMs / 1000)
      throw tooManyFailures(waitMs)
    }
  }
}

function tooManyFailures(waitMs: number): RekeyError {
  return tooManyRequests('Too many requests from this address had no valid token', waitMs)
}
