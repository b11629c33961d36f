import type { EventType, EventDetails } from '../../domain/audit.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { appendEvent } from '../../store/tables/events.ts'
import type { Queries } from '../../store/store.ts'
import type { OperationContext } from './operation.ts'

/** Adds an event about the webhook itself, not about its keys, to its audit trail. */
export async function appendWebhookEvent(
  queries: Queries,
  owner: KeyOwner,
  type: EventType,
  at: number,
  context: OperationContext,
): Promise<void> {
  await appendEvent(queries, owner, webhookEvent(type, at, context))
}

/** An event about a webhook itself. */
export function webhookEvent(
  type: EventType,
  at: number,
  { caller, requestId }: OperationContext,
): EventDetails {
  return { type, at, actor: caller.subject, reason: null, requestId, key: null, endedKeys: [] }
}
