import { sql, type RawBuilder } from 'kysely'
import type { KeyState } from '../../domain/signing-key.ts'
import type { Queries } from '../store.ts'
import {
  selectRange,
  whereWithin,
  type KeyBounds,
  type KeyPlace,
  type KeyRange,
  type KeysQuery,
  type PlaceRow,
} from './key-ranges.ts'
import { keyEnd, never } from './signing-key-rows.ts'

/** What a listed key must be. */
export interface KeyConditions {
  applications: readonly string[] | '*'
  /** Undefined for any state. */
  state: KeyState | undefined
  /** Selects only keys that no probe has proven. */
  unproven: boolean
  /** Milliseconds since 1970. */
  now: number
}

/** Maximum number of keys that one page examines. Takes a few milliseconds. */
export const maxExamined = 2_000

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
  return (await inOrder(unionOf(queries, parts)).limit(limit).execute()).map(toPlace)
}

/**
 * Finds the last place up to which the ranges together have at most `maxExamined` keys.
 * @returns null if they have no more
 */
export async function findExaminedEnd(
  queries: Queries,
  ranges: readonly KeyRange[],
  bounds: KeyBounds,
): Promise<KeyPlace | null> {
  const offset = Math.floor(maxExamined / ranges.length) - 1
  const parts = ranges.map((range) => selectRange(queries, range, bounds).limit(1).offset(offset))
  const [first] = await inOrder(unionOf(queries, parts)).limit(1).execute()
  return first ? toPlace(first) : null
}

/** A set of keys that an index finds, but not in the order of the list. */
export type KeySet = { applications: readonly string[]; current: boolean } | { overlappingAt: number }

/**
 * Lists the places of up to `limit` keys of a set that meet the conditions, oldest first.
 * @returns null if the set has more than `maxExamined` keys, so that sorting them would take too long
 */
export async function listInSet(
  queries: Queries,
  set: KeySet,
  bounds: KeyBounds,
  limit: number,
  conditions: KeyConditions,
): Promise<KeyPlace[] | null> {
  const keys = selectSet(queries, set)
  const { count } = await queries
    .selectFrom(keys.as('key'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (count > maxExamined) return null
  const met = whereWithin(whereMet(queries, keys, conditions), bounds)
  return (await inOrder(met).limit(limit).execute()).map(toPlace)
}

/** Selects the keys of a set, or more than `maxExamined` of them. */
function selectSet(queries: Queries, set: KeySet): KeysQuery {
  const some = queries
    .selectFrom('signing_keys')
    .select(['id', 'created_at'])
    .select(examined)
    .limit(sql.lit(maxExamined + 1))
  // Both are ordered as an index is, because PostgreSQL might otherwise scan the table.
  if ('overlappingAt' in set)
    return (
      some
        // Must match the index `signing_keys_to_erase`.
        .where(keyEnd, '>', set.overlappingAt)
        .where('expires_at', 'is not', null)
        .where('sealed_secret', 'is not', null)
        .orderBy(keyEnd)
    )
  const parts = set.applications.map((id) => {
    const keys = some.where('application_id', '=', id).orderBy('webhook_id')
    return set.current ? ofWebhooks(queries, keys, id) : keys.orderBy('generation')
  })
  return unionOf(queries, parts, examined)
}

/** Limits keys to the current ones of an application: one lookup for each webhook, however many keys it has had. */
function ofWebhooks(queries: Queries, keys: KeysQuery, applicationId: string): KeysQuery {
  return keys
    .where(
      'webhook_id',
      'in',
      queries.selectFrom('webhooks').select('id').where('application_id', '=', applicationId),
    )
    .where(keyEnd, '=', never)
}

/** The columns that conditions depend on. */
const examined = ['application_id', 'expires_at', 'revoked_at', 'sealed_by', 'proven_at'] as const

/** Limits the keys of a subquery. The subquery keeps the database from choosing an index because of the conditions. */
function whereMet(
  queries: Queries,
  keys: KeysQuery,
  { applications, state, unproven, now }: KeyConditions,
): KeysQuery {
  let query = queries.selectFrom(keys.as('key')).select(['id', 'created_at']) as unknown as KeysQuery
  if (applications !== '*') query = query.where('application_id', 'in', applications)
  if (state !== undefined) query = query.where(stateIs[state](now))
  if (unproven) query = query.where(stateIs.current(now)).where('proven_at', 'is', null)
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
function unionOf(
  queries: Queries,
  parts: readonly KeysQuery[],
  more: readonly (typeof examined)[number][] = [],
): KeysQuery {
  const select = (keys: KeysQuery) =>
    (queries.selectFrom(keys.as('part')) as unknown as KeysQuery).select(['id', 'created_at']).select(more)
  return select(parts.map(select).reduce((all, part) => all.unionAll(part)))
}

function inOrder(keys: KeysQuery): KeysQuery {
  return keys.orderBy('created_at').orderBy('id')
}

function toPlace({ id, created_at: createdAt }: PlaceRow): KeyPlace {
  return { createdAt, id }
}
