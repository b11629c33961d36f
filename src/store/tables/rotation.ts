import type { Rotation } from '../../domain/rotation.ts'
import type { ChainEnd } from '../../domain/audit.ts'
import { appendEventAfter } from './events.ts'
import type { SealedSecret } from './sealed-keys.ts'
import { updateKeyEnd, insertKey } from './signing-keys.ts'
import type { Queries } from '../store.ts'

/**
 * Stores the result of a rotation, with its entry in the audit trail.
 * @param last the end of the trail before this rotation
 */
export async function saveRotation(
  queries: Queries,
  { issued, ended }: Rotation,
  sealed: SealedSecret,
  requestId: string | null,
  last: ChainEnd | undefined,
): Promise<void> {
  await Promise.all([
    // The old key first, because two current keys must never exist at once.
    ...ended.map((key) => updateKeyEnd(queries, key)),
    insertKey(queries, issued, sealed),
    appendEventAfter(queries, last, issued, {
      type: 'secret.rotated',
      at: issued.createdAt,
      actor: issued.createdBy,
      reason: issued.reason,
      requestId,
      key: issued,
      endedKeys: ended,
    }),
  ])
}
