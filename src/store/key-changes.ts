import type { ChainEnd, Happening } from '../domain/audit.ts'
import type { Rotation } from '../domain/rotation.ts'
import { endOf, type KeyOwner } from '../domain/signing-key.ts'
import { appendEventTo } from './events.ts'
import { eraseSecretAfter } from './secrets-to-erase.ts'
import { insertKey, type SealedSecret } from './signing-keys.ts'
import type { Queries } from './store.ts'

/**
 * Stores the key that a rotation issued, and in the audit trail what the rotation did to the others.
 * @param last the end of the trail until now
 */
export async function saveRotation(
  queries: Queries,
  { issued, ended }: Rotation,
  sealed: SealedSecret,
  requestId: string | null,
  last: ChainEnd,
): Promise<void> {
  await Promise.all([
    insertKey(queries, { ...issued, ...sealed }),
    endKeys(queries, last, issued, {
      type: 'secret.rotated',
      at: issued.createdAt,
      actor: issued.createdBy,
      reason: issued.reason,
      requestId,
      key: { ...issued, expiresAt: null, revokedAt: null },
      endedKeys: ended,
    }),
  ])
}

/** Ends keys, of which the event tells, and has their secrets erased some time after. */
export async function endKeys(
  queries: Queries,
  last: ChainEnd | undefined,
  owner: KeyOwner,
  happening: Happening,
): Promise<void> {
  await Promise.all([
    appendEventTo(queries, last, owner, happening),
    ...happening.endedKeys.map((key) => eraseSecretAfter(queries, { at: endOf(key), key_id: key.id })),
  ])
}
