import type { Rotation } from '../domain/rotation.ts'
import { appendEvent } from './events.ts'
import { endKey, insertKey, type SealedSecret } from './signing-keys.ts'
import type { Queries } from './store.ts'

/** Stores what a rotation did to the keys, with its entry in the audit trail. */
export async function saveRotation(
  queries: Queries,
  { issued, ended }: Rotation,
  sealed: SealedSecret,
  requestId: string | null,
): Promise<void> {
  // The old key first: at no moment are two keys current.
  for (const key of ended) await endKey(queries, key)
  await insertKey(queries, issued, sealed)
  await appendEvent(queries, issued, {
    type: 'secret.rotated',
    at: issued.createdAt,
    actor: issued.createdBy,
    reason: issued.reason,
    requestId,
    key: issued,
    endedKeys: ended,
  })
}
