import type { KeyOwner } from '../../domain/signing-key.ts'
import { prepared } from '../prepared-query.ts'
import type { IdempotencyRecordRow } from '../schema.ts'
import type { Queries } from '../store.ts'

/** Finds the record of an earlier request, unless the record has expired. */
export async function findIdempotencyRecord(
  queries: Queries,
  owner: KeyOwner,
  request: string,
  now: number,
): Promise<IdempotencyRecordRow | undefined> {
  const [record] = await selectRecord(queries, { ...owner, request, now })
  return record
}

const selectRecord = prepared(
  (queries, { applicationId, webhookId, request, now }: KeyOwner & { request: string; now: number }) =>
    queries
      .selectFrom('idempotency_records')
      .select(['application_id', 'webhook_id', 'request', 'body', 'key_id', 'expires_at'])
      .where('application_id', '=', applicationId)
      .where('webhook_id', '=', webhookId)
      .where('request', '=', request)
      .where('expires_at', '>', now),
)

/** Stores a record, and replaces an expired record of the same request. */
export async function putIdempotencyRecord(queries: Queries, row: IdempotencyRecordRow): Promise<void> {
  const { body, key_id, expires_at } = row
  await queries
    .insertInto('idempotency_records')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['application_id', 'webhook_id', 'request']).doUpdateSet({ body, key_id, expires_at }),
    )
    .execute()
}

/**
 * Deletes up to `limit` expired records.
 * @returns the number of deleted records
 */
export async function deleteExpiredIdempotencyRecords(
  queries: Queries,
  now: number,
  limit: number,
): Promise<number> {
  const { numDeletedRows } = await queries
    .deleteFrom('idempotency_records')
    .where((row) =>
      row(
        row.refTuple('application_id', 'webhook_id', 'request'),
        'in',
        row
          .selectFrom('idempotency_records')
          .select(['application_id', 'webhook_id', 'request'])
          .where('expires_at', '<=', now)
          .limit(limit)
          .$asTuple('application_id', 'webhook_id', 'request'),
      ),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
