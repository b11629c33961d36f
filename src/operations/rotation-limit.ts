import type { ChainEnd } from '../domain/audit.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { tooManyRequests } from '../errors.ts'
import { findRotationTime } from '../store/events.ts'
import type { Queries } from '../store/store.ts'

const windowMs = 60_000

/**
 * Refuses a rotation if the webhook has had as many within the minute before as it may have. Its events
 * are the count, so every instance on the database agrees on it.
 * @param limit 0 sets no limit
 * @param last the end of the webhook's audit trail
 * @param now milliseconds since 1970
 * @throws RekeyError `tooManyRequests`
 */
export async function checkRotationLimit(
  queries: Queries,
  owner: KeyOwner,
  limit: number,
  last: ChainEnd,
  now: number,
): Promise<void> {
  const newest = last.liveKeys.at(-1)
  // Most often nothing has to be read: there were not as many, or the last one was before, and so all others were.
  if (limit === 0 || last.sequence < limit || !newest || newest.createdAt + windowMs <= now) return
  const oldest = await findRotationTime(queries, owner, limit)
  const waitMs = oldest === undefined ? 0 : oldest + windowMs - now
  // One from further ahead was made while a clock was wrong, and says nothing of how often the webhook is rotated.
  if (waitMs > 0 && waitMs <= 2 * windowMs)
    throw tooManyRequests(`This webhook has had ${limit} rotations within a minute`, waitMs)
}
