import { joinReasons } from '../../domain/audit.ts'
import { planRevocation, type Times } from '../../domain/rotation.ts'
import type { Scheme } from '../../domain/schemes/scheme.ts'
import { describeSigner } from '../../domain/signers.ts'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { appendEvent } from '../../store/tables/events.ts'
import { deleteSelfEndingOverlap } from '../../store/tables/self-ending-overlaps.ts'
import { updateKeyEnd } from '../../store/tables/signing-keys.ts'
import type { Queries } from '../../store/store.ts'
import { eventBy } from './event-by.ts'
import type { OperationContext } from './operation.ts'

/**
 * Revokes every key that has not ended, except the current one. Records the revocation in the audit trail if it revoked
 * any key.
 * @param state the webhook's scheme and its keys, newest first. The keys must include all that have not ended at
 * `times.settled`
 * @param cause why they are revoked, for the audit trail, if not at the caller's request
 * @returns the revoked keys in their new state
 */
export async function revokePreviousKeys(
  queries: Queries,
  owner: KeyOwner,
  { keys, scheme }: { keys: readonly SigningKey[]; scheme: Scheme },
  times: Times,
  context: OperationContext,
  cause: string | null = null,
): Promise<SigningKey[]> {
  const revoked = planRevocation(keys, times)
  for (const key of revoked) await updateKeyEnd(queries, key)
  if (revoked.length > 0) {
    const signer = describeSigner(
      scheme,
      keys.filter(({ expiresAt }) => expiresAt === null),
    )
    await deleteSelfEndingOverlap(queries, owner)
    const reason = joinReasons(cause, signer)
    const event = { type: 'secret.previous_revoked', at: times.now, reason, endedKeys: revoked } as const
    await appendEvent(queries, owner, eventBy(context, event))
  }
  return revoked
}
