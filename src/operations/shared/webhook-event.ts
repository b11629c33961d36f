import type { EventType, EventDetails } from '../../domain/audit.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { appendEvent } from '../../store/tables/events.ts'
import type { Queries } from '../../store/store.ts'
import type { OperationContext } from './operation.ts'

/**
 * Records a change to the webhook itself, not to its keys, in the webhook's audit trail.
 * @param reason describes a change of scheme, or names an invitation
 */
export async function appendWebhookEvent(
  queries: Queries,
  owner: KeyOwner,
  type: EventType,
  at: number,
  context: OperationContext,
  reason: string | null = null,
): Promise<void> {
  await appendEvent(queries, owner, { ...webhookEvent(type, at, context), reason })
}

/** Builds an event about a webhook itself, not about its keys. */
export function webhookEvent(
  type: EventType,
  at: number,
  { caller, requestId }: OperationContext,
): EventDetails {
  return { type, at, actor: caller.subject, reason: null, requestId, key: null, endedKeys: [] }
}
