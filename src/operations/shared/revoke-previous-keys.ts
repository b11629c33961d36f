import { planRevocation } from '../../domain/rotation.ts'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { appendEvent } from '../../store/tables/events.ts'
import { updateKeyEnd } from '../../store/tables/signing-keys.ts'
import type { Queries } from '../../store/store.ts'
import type { OperationContext } from './operation.ts'

/**
 * Revokes every live key except the current one. Records the revocation in the audit trail if it revoked any key.
 * @param keys newest first
 * @returns the revoked keys in their new state
 */
export async function revokePreviousKeys(
  queries: Queries,
  owner: KeyOwner,
  keys: readonly SigningKey[],
  now: number,
  { caller, requestId }: OperationContext,
): Promise<SigningKey[]> {
  const revoked = planRevocation(keys, now)
  for (const key of revoked) await updateKeyEnd(queries, key)
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
