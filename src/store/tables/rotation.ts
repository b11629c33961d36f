import type { Rotation } from '../../domain/rotation.ts'
import type { ChainEnd } from '../../domain/audit.ts'
import type { SelfEndingOverlap } from '../../domain/self-ending-overlap.ts'
import { appendEventAfter } from './events.ts'
import type { SealedSecret } from './sealed-keys.ts'
import { deleteSelfEndingOverlap, insertSelfEndingOverlap } from './self-ending-overlaps.ts'
import { updateKeyEnd, insertKey } from './signing-keys.ts'
import type { Queries } from '../store.ts'

interface RotationRecord {
  sealed: SealedSecret
  reason: string | null
  requestId: string | null
  /** The webhook's last audit event before this rotation. */
  last: ChainEnd | undefined
  /** The self-ending overlap that this rotation starts, if any. */
  overlap?: SelfEndingOverlap | null
}

/** Stores a rotation's result and its audit event. */
export async function saveRotation(
  queries: Queries,
  { issued, ended }: Rotation,
  { sealed, reason, requestId, last, overlap }: RotationRecord,
): Promise<void> {
  await Promise.all([
    // Update the old keys first, because a webhook must never have two current keys at once.
    ...ended.map((key) => updateKeyEnd(queries, key)),
    insertKey(queries, issued, sealed),
    appendEventAfter(queries, last, issued, {
      type: 'secret.rotated',
      at: issued.createdAt,
      actor: issued.createdBy,
      reason,
      requestId,
      key: issued,
      endedKeys: ended,
    }),
    // The newest rotation decides whether the overlap is self-ending.
    deleteSelfEndingOverlap(queries, issued),
    ...(overlap
      ? [insertSelfEndingOverlap(queries, { ...overlap, dueAt: overlap.nextProbeAt ?? overlap.endsAt })]
      : []),
  ])
}
