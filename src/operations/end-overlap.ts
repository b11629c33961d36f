import { revokePrevious } from '../domain/rotation.ts'
import type { KeyOwner, KnownKey } from '../domain/signing-key.ts'
import { findChainEnd } from '../store/events.ts'
import { endKeys } from '../store/key-changes.ts'
import type { Queries } from '../store/store.ts'
import type { OperationContext } from './operation.ts'

/**
 * Revokes every live key but the current one, with an entry in the audit trail if there is any.
 * @param keys newest first
 * @returns those that were revoked, as they are now
 */
export async function endOverlap(
  queries: Queries,
  owner: KeyOwner,
  keys: readonly KnownKey[],
  now: number,
  { caller, requestId }: OperationContext,
): Promise<KnownKey[]> {
  const revoked = revokePrevious(keys, now)
  if (revoked.length > 0) {
    await endKeys(queries, await findChainEnd(queries, owner), owner, {
      type: 'secret.previous_revoked',
      at: now,
      actor: caller.subject,
      reason: null,
      requestId,
      key: null,
      endedKeys: revoked,
    })
  }
  return revoked
}
