import type { Core } from '../../core/core.ts'
import { RekeyError, tooManyRequests } from '../../errors.ts'
import { FairGate } from '../../fair-gate.ts'
import { RecentMap } from '../../recent-map.ts'
import type { TakeTurn } from '../authentication/verify-token.ts'

/**
 * Authenticates a request from a network.
 * @param signal aborts waiting for a turn
 * @param authenticate if called with `takeTurn`, must wait for its turn before it checks a signature
 * @throws RekeyError `tooManyRequests` instead of `unauthorized` if too many authentications from the network have
 * failed; any other error from `authenticate`
 */
export type LimitAuthentication = <T>(
  network: string,
  signal: AbortSignal,
  authenticate: (takeTurn?: TakeTurn) => Promise<T>,
) => Promise<T>

/**
 * Limits how many requests without a valid token a network may send per minute. Never rejects a valid token, however
 * many invalid ones come from the same network. On PostgreSQL, all instances share the count of failures. Each instance
 * remembers which networks are over the limit, so their further failures need no query. It checks the signatures of
 * tokens from these networks one at a time, and the networks take turns, so that requests from other networks are not
 * delayed.
 * @param perMinute 0 means no limit
 */
export function limitFailedAuthentications(
  perMinute: number,
  core: Pick<Core, 'countFailedAuthentication'>,
): LimitAuthentication {
  if (perMinute === 0) return (_, __, authenticate) => authenticate()
  /** When each network that is over the limit will be within it again, as a value of `performance.now()`. */
  const blockedUntil = new RecentMap<number>(60_000)
  const blockedMs = (network: string) => (blockedUntil.get(network) ?? 0) - performance.now()
  const turns = new FairGate(1)

  return async (network, signal, authenticate) => {
    try {
      return await (blockedMs(network) > 0
        ? authenticate(() => turns.acquire(network, signal))
        : authenticate())
    } catch (error) {
      if (!(error instanceof RekeyError) || error.kind !== 'unauthorized') throw error
      const leftMs = blockedMs(network)
      if (leftMs > 0) throw tooManyFailures(leftMs)
      const waitMs = await core.countFailedAuthentication(network)
      if (waitMs === null) throw error
      blockedUntil.set(network, performance.now() + waitMs)
      throw tooManyFailures(waitMs)
    }
  }
}

function tooManyFailures(waitMs: number): RekeyError {
  return tooManyRequests('Too many requests from this address had no valid token', waitMs)
}
