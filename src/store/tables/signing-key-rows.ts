import { sql, type Selectable } from 'kysely'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { cast, prepared } from '../prepared-query.ts'
import type { SigningKeyRow } from '../schema.ts'
import type { Queries } from '../store.ts'

/** The value of `keyEnd` for a current key. Must match the index `signing_keys_end`. */
export const never = sql.lit(Number.MAX_SAFE_INTEGER)
/** SQL expression for when a key stops signing. Must match the index `signing_keys_end`. */
export const keyEnd = sql<number>`coalesce(revoked_at, expires_at, ${never})`
/**
 * The columns are named individually. While this version runs, a newer version may add a column, and PostgreSQL would
 * then reject a prepared `select *`.
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

/**
 * Selects the keys that have not ended. They are live, unless their secret was erased. Excludes every revoked key, even
 * if an instance whose clock is ahead set a `revoked_at` later than `now`.
 */
export const selectUnendedKeys = prepared(
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
    secretErased: row.sealed_secret === null,
  }
}
