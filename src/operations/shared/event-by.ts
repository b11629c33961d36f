import type { EventDetails } from '../../domain/audit.ts'
import type { OperationContext } from './operation.ts'

/** Builds an event that the caller causes. Properties that are left out are null or empty. */
export function eventBy(
  { caller, requestId }: OperationContext,
  details: Pick<EventDetails, 'type' | 'at'> & Partial<EventDetails>,
): EventDetails {
  return { actor: caller.subject, requestId, reason: null, key: null, endedKeys: [], ...details }
}
