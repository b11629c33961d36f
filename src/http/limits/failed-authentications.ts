import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Core } from '../../core/core.ts'
import { RekeyError, tooManyRequests } from '../../errors.ts'

const windowSeconds = 60

/**
 * Authenticates a request from a network, unless too many authentications from that network have failed.
 * @throws RekeyError `tooManyRequests` if too many have failed; any error from `authenticate`
 */
export type LimitAuthentication = <T>(network: string, authenticate: () => Promise<T>) => Promise<T>

/**
 * Limits how many requests without a valid token a network may send per minute. On PostgreSQL, all instances share the
 * count of failures. Each instance remembers in memory which networks are over the limit, so a request with a valid
 * token needs no query.
 * @param perMinute 0 means no limit
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
