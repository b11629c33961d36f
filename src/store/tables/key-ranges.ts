import { sql, type SelectQueryBuilder } from 'kysely'
import type { Database, SigningKeyRow } from '../schema.ts'
import type { Queries } from '../store.ts'
import { isProven } from './signing-key-rows.ts'

/** Keys that are next to each other in an index, oldest first. */
export type KeyRange =
  /** The keys with a stored hash. */
  | { sha256: string; guessable: boolean }
  /** The current keys that a probe has proven, or those that none has. */
  | { proven: boolean }
  /** The keys whose secret was sealed by an encryption key; null for those whose secret is erased. */
  | { sealedBy: string | null }

/** A key's place in the order of the list. */
export interface KeyPlace {
  createdAt: number
  id: string
}

/** The part of the list in which to search. */
export interface KeyBounds {
  after: KeyPlace | null
  /** The last place to search; null if there is no limit. */
  upTo: KeyPlace | null
  /** Milliseconds since 1970. */
  createdBefore: number | null
}

type PlaceRow = Pick<SigningKeyRow, 'id' | 'created_at'>
export type KeysQuery = SelectQueryBuilder<Database, 'signing_keys', PlaceRow>

/** Selects a range's keys within the bounds, oldest first. The database reads them from one index, in order. */
export function selectRange(queries: Queries, range: KeyRange, bounds: KeyBounds): KeysQuery {
  const all = queries.selectFrom('signing_keys').select(['id', 'created_at'])
  // PostgreSQL does not notice that `sealed_by is null` leaves one value, so the order must name all columns of the index.
  const first = 'sealedBy' in range ? all.orderBy('sealed_by') : all
  const keys = whereWithin(first, bounds).orderBy('created_at').orderBy('id')
  if ('proven' in range)
    return keys
      .where('expires_at', 'is', null)
      .where('sealed_secret', 'is not', null)
      .where(isProven, '=', sql.lit(range.proven ? 1 : 0))
  if ('sealedBy' in range)
    return range.sealedBy === null
      ? keys.where('sealed_by', 'is', null)
      : keys.where('sealed_by', '=', range.sealedBy)
  return (
    keys
      // Must match the index `signing_keys_sha256`.
      .where(sql<string>`substr(sha256, 1, 8)`, '=', range.sha256.slice(0, 8))
      .where('sha256', '=', range.sha256)
      .where('guessable', '=', range.guessable ? 1 : 0)
  )
}

/** Limits a query to keys within the bounds. */
export function whereWithin<Row>(
  query: SelectQueryBuilder<Database, 'signing_keys', Row>,
  { after, upTo, createdBefore }: KeyBounds,
): SelectQueryBuilder<Database, 'signing_keys', Row> {
  const place = ({ createdAt, id }: KeyPlace) => sql`(${createdAt}, ${id})`
  if (after) query = query.where(sql<boolean>`(created_at, id) > ${place(after)}`)
  if (upTo) query = query.where(sql<boolean>`(created_at, id) <= ${place(upTo)}`)
  if (createdBefore !== null) query = query.where('created_at', '<', createdBefore)
  return query
}
