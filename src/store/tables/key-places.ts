import { sql, type RawBuilder } from 'kysely'
import type { KeyState } from '../../domain/signing-key.ts'
import type { Queries } from '../store.ts'
import { selectRange, type KeyBounds, type KeyPlace, type KeyRange, type KeysQuery } from './key-ranges.ts'
import { keyEnd } from './signing-key-rows.ts'

/** What a listed key must be. */
export interface KeyConditions {
  applications: readonly string[] | '*'
  /** Undefined for any state. */
  state: KeyState | undefined
  /** Selects only keys that no probe has proven. */
  unproven: boolean
  /** Selects only keys whose secret was erased before they ended. */
  lost: boolean
  /** Milliseconds since 1970. */
  now: number
}

/** Lists the places of up to `limit` keys of the ranges that meet the conditions, oldest first. */
export async function listInRanges(
  queries: Queries,
  ranges: readonly KeyRange[],
  bounds: KeyBounds,
  limit: number,
  conditions: KeyConditions | null,
): Promise<KeyPlace[]> {
  const parts = ranges.map((range) => {
    const keys = selectRange(queries, range, bounds)
    if (!conditions) return keys.limit(limit)
    const read = keys.select(examined).limit(sql.lit(maxExamined))
    return inOrder(whereMet(queries, read, conditions)).limit(limit)
  })
  return readPlaces(unionOf(queries, parts), limit)
}

/** Reads the places of the first `limit` keys, oldest first. */
export async function readPlaces(keys: KeysQuery, limit: number): Promise<KeyPlace[]> {
  const rows = await inOrder(keys).limit(limit).execute()
  return rows.map(({ id, created_at: createdAt }) => ({ id, createdAt }))
}

/** Finds the last place up to which the ranges together have at most `rows` keys; undefined if they have no more keys than that. */
export async function findExaminedEnd(
  queries: Queries,
  ranges: readonly KeyRange[],
  bounds: KeyBounds,
  rows: number,
): Promise<KeyPlace | undefined> {
  const offset = Math.max(0, Math.floor(rows / ranges.length) - 1)
  const parts = ranges.map((range) => selectRange(queries, range, bounds).limit(1).offset(offset))
  return (await readPlaces(unionOf(queries, parts), 1))[0]
}

/** The columns that conditions depend on. */
export const examined = ['application_id', 'expires_at', 'revoked_at', 'sealed_by', 'proven_at'] as const

/** More keys than one query examines. */
export const maxExamined = 1_000_000

/**
 * Limits the keys of a subquery to those that meet the conditions. The subquery keeps the database from choosing an
 * index because of the conditions.
 */
export function whereMet(
  queries: Queries,
  keys: KeysQuery,
  { applications, state, unproven, lost, now }: KeyConditions,
): KeysQuery {
  let query = queries.selectFrom(keys.as('key')).select(['id', 'created_at']) as unknown as KeysQuery
  if (applications !== '*') query = query.where('application_id', 'in', applications)
  if (state !== undefined) query = query.where(stateIs[state](now))
  if (unproven) query = query.where(stateIs.current(now)).where('proven_at', 'is', null)
  if (lost) query = query.where(sql<boolean>`(sealed_by is null and ${keyEnd} > ${now})`)
  return query
}

/** SQL conditions for the states of keys, as `keyState` decides them. */
const stateIs: Record<KeyState, (now: number) => RawBuilder<boolean>> = {
  current: () => sql`(revoked_at is null and sealed_by is not null and expires_at is null)`,
  previous: (now) => sql`(revoked_at is null and sealed_by is not null and expires_at > ${now})`,
  expired: (now) => sql`(revoked_at is null and (sealed_by is null or expires_at <= ${now}))`,
  revoked: () => sql`(revoked_at is not null)`,
}

/** Combines queries into one. Each keeps its own order and limit, which SQLite allows only in a subquery. */
function unionOf(queries: Queries, parts: readonly KeysQuery[]): KeysQuery {
  const select = (keys: KeysQuery) =>
    (queries.selectFrom(keys.as('part')) as unknown as KeysQuery).select(['id', 'created_at'])
  return select(parts.map(select).reduce((all, part) => all.unionAll(part)))
}

function inOrder(keys: KeysQuery): KeysQuery {
  return keys.orderBy('created_at').orderBy('id')
}
