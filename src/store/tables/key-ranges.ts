import { sql, type SelectQueryBuilder } from 'kysely'
import type { Database, SigningKeyRow } from '../schema.ts'
import type { Queries } from '../store.ts'
import { keyClass } from './signing-key-rows.ts'

/** Keys that are next to each other in an index, oldest first. */
export type KeyRange =
  /** The keys of a class, of one application or of all. */
  | { ofClass: number; applicationId: string | null }
  /** The keys with a stored hash. */
  | { sha256: string; guessable: boolean }

/** A key's place in the order of the list. */
export interface KeyPlace {
  createdAt: number
  id: string
}

/** The part of a range in which to search. */
export interface KeyBounds {
  after: KeyPlace | null
  /** The last place to search; null if there is no limit. */
  upTo: KeyPlace | null
  /** Milliseconds since 1970. */
  createdBefore: number | null
}

export type RangeQuery = SelectQueryBuilder<
  Database,
  'signing_keys',
  Pick<SigningKeyRow, 'id' | 'created_at'>
>

/** Selects a range's keys within the bounds, oldest first. The database reads them from one index, in order. */
export function selectRange(queries: Queries, range: KeyRange, bounds: KeyBounds): RangeQuery {
  const keys = selectPlaces(queries, bounds)
  if ('ofClass' in range) {
    const query = keys.where(keyClass, '=', sql.lit(range.ofClass))
    return range.applicationId === null ? query : query.where('application_id', '=', range.applicationId)
  }
  return (
    keys
      // Must match the index `signing_keys_sha256`.
      .where(sql<string>`substr(sha256, 1, 16)`, '=', range.sha256.slice(0, 16))
      .where('sha256', '=', range.sha256)
      .where('guessable', '=', range.guessable ? 1 : 0)
  )
}

function selectPlaces(queries: Queries, { after, upTo, createdBefore }: KeyBounds): RangeQuery {
  let query = queries
    .selectFrom('signing_keys')
    .select(['id', 'created_at'])
    .orderBy('created_at')
    .orderBy('id')
  const place = ({ createdAt, id }: KeyPlace) => sql`(${createdAt}, ${id})`
  if (after) query = query.where(sql<boolean>`(created_at, id) > ${place(after)}`)
  if (upTo) query = query.where(sql<boolean>`(created_at, id) <= ${place(upTo)}`)
  if (createdBefore !== null) query = query.where('created_at', '<', createdBefore)
  return query
}
