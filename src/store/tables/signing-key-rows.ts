import { sql, type RawBuilder, type Selectable, type SelectQueryBuilder } from 'kysely'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { cast, prepared } from '../prepared-query.ts'
import type { Database, SigningKeyRow } from '../schema.ts'
import type { Queries } from '../store.ts'

/** The value of `keyEnd` for a current key. Must match the index `signing_keys_end`. */
export const never = sql.lit(Number.MAX_SAFE_INTEGER)
/** SQL expression for when a key stops signing. Must match the index `signing_keys_end`. */
export const keyEnd = sql<number>`coalesce(revoked_at, expires_at, ${never})`
/** SQL expression for whether a probe has proven the key, as 0 or 1. Must match the index `signing_keys_current`. */
export const isProven = sql<number>`(case when proven_at is null then 0 else 1 end)`
/**
 * The columns are named individually: while this version runs, a newer version may add a column, and PostgreSQL would
 * then reject a prepared `select *`. They include their table, so that queries can join other tables.
 */
export const columns = [
  'signing_keys.id',
  'signing_keys.application_id',
  'signing_keys.webhook_id',
  'signing_keys.generation',
  'signing_keys.fingerprint',
  'signing_keys.sha256',
  'signing_keys.guessable',
  'signing_keys.sealed_secret',
  'signing_keys.created_at',
  'signing_keys.created_by',
  'signing_keys.reason',
  'signing_keys.expires_at',
  'signing_keys.revoked_at',
] as const

type ColumnName<Reference> = Reference extends `signing_keys.${infer Name}` ? Name : never

export type KeyRow = Pick<
  Selectable<SigningKeyRow>,
  ColumnName<(typeof columns)[number]> & keyof SigningKeyRow
>

export function selectKeys(queries: Queries, { applicationId, webhookId }: KeyOwner) {
  return queries
    .selectFrom('signing_keys')
    .select(columns)
    .where('signing_keys.application_id', '=', cast(applicationId, 'text'))
    .where('signing_keys.webhook_id', '=', cast(webhookId, 'text'))
}

/** Selects the keys that have not ended. They are live, unless their secret was erased. */
export const selectUnendedKeys = prepared(
  (queries, { applicationId, webhookId, now }: KeyOwner & { now: number }) =>
    whereUnended(selectKeys(queries, { applicationId, webhookId }), now),
)

/**
 * Limits a query to keys that have not ended. Excludes every revoked key, even if an instance whose clock is ahead set a
 * `revoked_at` later than `now`.
 */
export function whereUnended<Row>(
  query: SelectQueryBuilder<Database, 'signing_keys', Row>,
  now: number,
): SelectQueryBuilder<Database, 'signing_keys', Row> {
  return query.where(keyEnd, '>', now).where('revoked_at', 'is', null)
}

/**
 * Whether a key is live. Must match the index `signing_keys_live`, which also has the columns that lists of webhooks
 * need.
 */
export function isLiveAt(now: number): RawBuilder<boolean> {
  return sql`(sealed_secret is not null and revoked_at is null and (expires_at is null or expires_at > ${now}))`
}

export function newestFirst<Row extends KeyRow>(rows: readonly Row[]): Row[] {
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
    guessable: row.guessable === 1,
    createdAt: row.created_at,
    createdBy: row.created_by,
    reason: row.reason,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    secretErased: row.sealed_secret === null,
  }
}
