import { revokePrevious } from '../domain/rotation.ts'
import type { KeyOwner, SigningKey } from '../domain/signing-key.ts'
import { appendEvent } from '../store/events.ts'
import { endKey } from '../store/signing-keys.ts'
import type { Queries } from '../store/store.ts'
import type { OperationContext } from './shared/operation.ts'

/**
 * Revokes every live key but the current one, with an entry in the audit trail if there is any.
 * @param keys newest first
 * @returns those that were revoked, as they are now
 */
export async function endOverlap(
  queries: Queries,
  owner: KeyOwner,
  keys: readonly SigningKey[],
  now: number,
  { caller, requestId }: OperationContext,
): Promise<SigningKey[]> {
  const revoked = revokePrevious(keys, now)
  for (const key of revoked) await endKey(queries, key)
  if (revoked.length > 0) {
    await appendEvent(queries, owner, {
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
