import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import type { Queries } from '../store.ts'

/** The key properties that an audit checks. */
export interface AuditedKey
  extends KeyOwner, Pick<SigningKey, 'id' | 'generation' | 'createdAt' | 'expiresAt' | 'revokedAt'> {
  /** Sequence number of the webhook's last event when the key was read; null if the webhook had no events. */
  lastSequence: number | null
}

/**
 * Lists the keys of all webhooks. Starts after the key `after`, or at the first key if `after` is null. Webhooks are
 * ordered as in listAllEvents, and each webhook's keys are oldest first.
 */
export async function listAllKeys(
  queries: Queries,
  after: Pick<AuditedKey, 'applicationId' | 'webhookId' | 'generation'> | null,
  limit: number,
): Promise<AuditedKey[]> {
  let query = queries
    .selectFrom('signing_keys')
    .select([
      'application_id as applicationId',
      'webhook_id as webhookId',
      'generation',
      'id',
      'created_at as createdAt',
      'expires_at as expiresAt',
      'revoked_at as revokedAt',
    ])
    // Selects the sequence in the same statement as the key, so that both come from the same snapshot.
    .select((row) =>
      row
        .selectFrom('events')
        .select('sequence')
        .whereRef('events.application_id', '=', 'signing_keys.application_id')
        .whereRef('events.webhook_id', '=', 'signing_keys.webhook_id')
        .orderBy('sequence', 'desc')
        .limit(1)
        .as('lastSequence'),
    )
    .orderBy('application_id')
    .orderBy('webhook_id')
    .orderBy('generation')
    .limit(limit)
  if (after) {
    query = query.where((row) =>
      row(
        row.refTuple('application_id', 'webhook_id', 'generation'),
        '>',
        row.tuple(after.applicationId, after.webhookId, after.generation),
      ),
    )
  }
  return query.execute()
}
