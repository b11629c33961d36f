import type { Selectable } from 'kysely'
import type { LastProbe, SelfEndingOverlap } from '../../domain/self-ending-overlap.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { prepared } from '../prepared-query.ts'
import type { SelfEndingOverlapRow } from '../schema.ts'
import type { Queries } from '../store.ts'

/** An overlap as it is stored, with its place in the queue of probes. */
export interface StoredOverlap extends SelfEndingOverlap {
  /** See SelfEndingOverlapRow. */
  dueAt: number
  queued: boolean
}

/** Finds the webhook's self-ending overlap. It has no effect unless its key is the current one. */
export async function findSelfEndingOverlap(
  queries: Queries,
  owner: KeyOwner,
): Promise<StoredOverlap | undefined> {
  const [row] = await selectOverlap(queries, owner)
  return row && toOverlap(row)
}

const selectOverlap = prepared((queries, { applicationId, webhookId }: KeyOwner) =>
  queries
    .selectFrom('self_ending_overlaps')
    .select([
      ...(['application_id', 'webhook_id', 'key_id', 'started_at', 'ends_at', 'next_probe_at'] as const),
      ...(['due_at', 'queued', 'last_probe_at', 'proven', 'verdicts', 'proofs'] as const),
      ...(['first_proof_at', 'proven_target'] as const),
    ])
    .where('application_id', '=', applicationId)
    .where('webhook_id', '=', webhookId),
)

/** Stores an overlap that has just begun. The webhook must not have one. */
export const insertSelfEndingOverlap = prepared((queries, overlap: SelfEndingOverlap & { dueAt: number }) =>
  queries.insertInto('self_ending_overlaps').values({
    application_id: overlap.applicationId,
    webhook_id: overlap.webhookId,
    key_id: overlap.keyId,
    started_at: overlap.startedAt,
    ends_at: overlap.endsAt,
    next_probe_at: overlap.nextProbeAt,
    due_at: overlap.dueAt,
    queued: 0,
    proven: 0,
    proofs: 0,
  }),
)

export const deleteSelfEndingOverlap = prepared((queries, { applicationId, webhookId }: KeyOwner) =>
  queries
    .deleteFrom('self_ending_overlaps')
    .where('application_id', '=', applicationId)
    .where('webhook_id', '=', webhookId),
)

/** Stores an overlap's last probe, and when the overlap is next due. */
export async function updateSelfEndingOverlap(
  queries: Queries,
  { applicationId, webhookId, nextProbeAt, lastProbe, dueAt }: SelfEndingOverlap & { dueAt: number },
): Promise<void> {
  await queries
    .updateTable('self_ending_overlaps')
    .set({
      next_probe_at: nextProbeAt,
      due_at: dueAt,
      queued: 0,
      last_probe_at: lastProbe?.at ?? null,
      proven: lastProbe?.proven ? 1 : 0,
      verdicts: lastProbe?.verdicts ?? null,
      proofs: lastProbe?.proofs?.count ?? 0,
      first_proof_at: lastProbe?.proofs?.since ?? null,
      proven_target: lastProbe?.proofs?.target ?? null,
    })
    .where('application_id', '=', applicationId)
    .where('webhook_id', '=', webhookId)
    .execute()
}

function toOverlap(row: Selectable<SelfEndingOverlapRow>): StoredOverlap {
  return {
    applicationId: row.application_id,
    webhookId: row.webhook_id,
    keyId: row.key_id,
    startedAt: row.started_at,
    endsAt: row.ends_at,
    nextProbeAt: row.next_probe_at,
    lastProbe: toLastProbe(row),
    dueAt: row.due_at,
    queued: row.queued === 1,
  }
}

function toLastProbe(row: Selectable<SelfEndingOverlapRow>): LastProbe | null {
  const { last_probe_at: at, verdicts, proofs: count, first_proof_at: since, proven_target: target } = row
  if (at === null || verdicts === null) return null
  const proofs = since === null || target === null ? null : { count, since, target }
  return { at, proven: row.proven === 1, verdicts, proofs }
}
