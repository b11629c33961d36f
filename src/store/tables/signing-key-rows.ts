import { sql, type Selectable } from 'kysely'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { cast, prepared } from '../prepared-query.ts'
import type { SigningKeyRow } from '../schema.ts'
import type { Queries } from '../store.ts'

/** When the current key stops to sign; as the index `signing_keys_end` has it. */
export const never = sql.lit(Number.MAX_SAFE_INTEGER)
/** When a key stops to sign; as the index has it. */
export const keyEnd = sql<number>`coalesce(revoked_at, expires_at, ${never})`
/**
 * Named one by one: PostgreSQL would refuse to run what it has prepared from `*`, once a newer version adds a
 * column while this one still runs.
 */
export const columns = [
  'id',
  'application_id',
  'webhook_id',
  'generation',
  'fingerprint',
  'sha256',
  'sealed_secret',
  'created_at',
  'created_by',
  'reason',
  'expires_at',
  'revoked_at',
] as const

export type KeyRow = Pick<Selectable<SigningKeyRow>, (typeof columns)[number]>

export function selectKeys(queries: Queries, { applicationId, webhookId }: KeyOwner) {
  return queries
    .selectFrom('signing_keys')
    .select(columns)
    .where('application_id', '=', cast(applicationId, 'text'))
    .where('webhook_id', '=', cast(webhookId, 'text'))
}

/** A key that was revoked by an instance whose clock is ahead ends after `now`, and yet does not sign. */
export const selectLiveKeys = prepared(
  (queries, { applicationId, webhookId, now }: KeyOwner & { now: number }) =>
    selectKeys(queries, { applicationId, webhookId }).where(keyEnd, '>', now).where('revoked_at', 'is', null),
)

export function newestFirst(rows: KeyRow[]): KeyRow[] {
  return rows.toSorted((a, b) => b.generation - a.generation)
}

export function toKey(row: KeyRow): SigningKey {
  return {
    id: row.id,
    applicationId: row.application_id,
    webhookId: row.webhook_id,
    generation: row.generation,
    fingerprint: row.fingerprint,
    sha256: row.sha256,
    createdAt: row.created_at,
    createdBy: row.created_by,
    reason: row.reason,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}
