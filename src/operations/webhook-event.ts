import type { EventType } from '../domain/audit.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { appendEvent } from '../store/events.ts'
import type { Queries } from '../store/store.ts'
import type { OperationContext } from './operation.ts'

/** Adds what happened to a webhook itself, rather than to its keys, to its audit trail. */
export async function appendWebhookEvent(
  queries: Queries,
  owner: KeyOwner,
  type: EventType,
  at: number,
  { caller, requestId }: OperationContext,
): Promise<void> {
  const actor = caller.subject
  await appendEvent(queries, owner, { type, at, actor, reason: null, requestId, key: null, endedKeys: [] })
}
