import type { SigningKey } from '../../domain/signing-key.ts'
import { tooManyRequests } from '../../errors.ts'
import { findCreationTime } from '../../store/tables/signing-keys.ts'
import type { Queries } from '../../store/store.ts'

const windowMs = 60_000

/**
 * Rejects a rotation if the webhook has reached its limit within the last minute. Counts the stored keys, so all
 * instances that share the database agree.
 * @param limit rotations per minute; 0 means no limit
 * @param current the webhook's current key, if it has one
 * @param now milliseconds since 1970
 * @throws RekeyError `tooManyRequests` if the limit is reached
 */
export async function checkRotationLimit(
  queries: Queries,
  limit: number,
  current: SigningKey | undefined,
  now: number,
): Promise<void> {
  if (limit === 0 || !current || current.generation < limit) return
  const oldest = await findCreationTime(queries, current, current.generation - limit + 1)
  const waitMs = oldest === undefined ? 0 : oldest + windowMs - now
  // A longer wait means that a wrong clock dated the key more than a minute into the future. Such a key does not count.
  if (waitMs > 0 && waitMs <= 2 * windowMs)
    throw tooManyRequests(`This webhook has reached its rotation limit (${limit} per minute)`, waitMs)
}
