import { sql } from 'kysely'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { prepared } from '../prepared-query.ts'
import type { Queries } from '../store.ts'

/** A webhook whose self-ending overlap an instance has taken from the queue. */
export interface Claim extends KeyOwner {
  /** Until when no other instance takes the overlap, in milliseconds since 1970. Identifies the claim. */
  leaseEnd: number
}

/**
 * Returns when the first overlap that is not queued becomes due, in milliseconds since 1970.
 * @returns undefined if there is none
 */
export async function findNextDueTime(queries: Queries): Promise<number | undefined> {
  const [row] = await selectNextDue(queries, {})
  return row?.due_at
}

const selectNextDue = prepared((queries) =>
  queries
    .selectFrom('self_ending_overlaps')
    .select('due_at')
    .where('queued', '=', sql.lit(0))
    .orderBy('due_at')
    .limit(sql.lit(1)),
)

/**
 * Queues up to `limit` overlaps that are due. The queue is indexed by application, so that applications can take
 * turns even if one of them has thousands of due overlaps.
 * @returns the number of queued overlaps
 */
export async function queueDueOverlaps(queries: Queries, now: number, limit: number): Promise<number> {
  const { numUpdatedRows } = await queries
    .updateTable('self_ending_overlaps')
    .set({ queued: 1 })
    .where((row) =>
      row(
        row.refTuple('application_id', 'webhook_id'),
        'in',
        row
          .selectFrom('self_ending_overlaps')
          .select(['application_id', 'webhook_id'])
          .where('queued', '=', sql.lit(0))
          .where('due_at', '<=', now)
          .orderBy('due_at')
          .limit(limit)
          .$asTuple('application_id', 'webhook_id'),
      ),
    )
    // Repeated, because PostgreSQL rechecks only these conditions after another instance has changed a row.
    .where('queued', '=', sql.lit(0))
    .where('due_at', '<=', now)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/**
 * Finds the queued overlap that has waited longest in the first application after `applicationId`, in the order of
 * their IDs.
 */
export async function findQueuedOverlap(
  queries: Queries,
  applicationId: string,
): Promise<KeyOwner | undefined> {
  const row = await queries
    .selectFrom('self_ending_overlaps')
    .select(['application_id', 'webhook_id'])
    .where('queued', '=', sql.lit(1))
    .where('application_id', '>', applicationId)
    .orderBy('application_id')
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst()
  return row && { applicationId: row.application_id, webhookId: row.webhook_id }
}

/**
 * Takes an overlap from the queue. A single statement, so that only one of several instances succeeds.
 * @returns whether the overlap was still queued
 */
export async function claimQueuedOverlap(
  queries: Queries,
  { applicationId, webhookId, leaseEnd }: Claim,
): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable('self_ending_overlaps')
    .set({ queued: 0, due_at: leaseEnd })
    .where('application_id', '=', applicationId)
    .where('webhook_id', '=', webhookId)
    .where('queued', '=', 1)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
