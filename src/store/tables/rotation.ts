import type { Rotation } from '../../domain/rotation.ts'
import type { ChainEnd } from '../../domain/audit.ts'
import { appendEventAfter } from './events.ts'
import type { SealedSecret } from './sealed-keys.ts'
import { updateKeyEnd, insertKey } from './signing-keys.ts'
import type { Queries } from '../store.ts'

/**
 * Stores a rotation's result and its audit event.
 * @param last the webhook's last audit event before this rotation
 */
export async function saveRotation(
  queries: Queries,
  { issued, ended }: Rotation,
  sealed: SealedSecret,
  requestId: string | null,
  last: ChainEnd | undefined,
): Promise<void> {
  await Promise.all([
    // Update the old keys first, because a webhook must never have two current keys at once.
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
