import { sql, type SelectQueryBuilder } from 'kysely'
import type { SchemeChoice } from '../../domain/schemes/schemes.ts'
import type { SigningKey } from '../../domain/signing-key.ts'
import type { Database, SigningKeyRow } from '../schema.ts'
import type { Queries } from '../store.ts'
import { selectRange, type KeyBounds, type KeyPlace, type KeyRange, type RangeQuery } from './key-ranges.ts'
import { columns, keyClass, keyClasses, toKey } from './signing-key-rows.ts'
import { toSchemeChoice } from './webhooks.ts'

/** Conditions that not every key of a range meets. */
export interface KeyConditions {
  applications: readonly string[] | '*'
  classes: readonly number[]
  /** Of the class `ending`, select only keys that have expired, or only others; null selects both. */
  expired: boolean | null
  /** Milliseconds since 1970. */
  now: number
}

/** Lists the places of up to `limit` keys of the ranges, oldest first. */
export async function listKeyPlaces(
  queries: Queries,
  ranges: readonly KeyRange[],
  bounds: KeyBounds,
  limit: number,
  conditions: KeyConditions | null,
): Promise<KeyPlace[]> {
  const rows = await unionOf(
    queries,
    ranges.map((range) => {
      const keys = selectRange(queries, range, bounds)
      return conditions ? whereMet(queries, keys, conditions).limit(limit) : keys.limit(limit)
    }),
  )
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(toPlace)
}

/** Maximum number of keys that one page examines for conditions. Takes a few milliseconds. */
export const maxScanned = 2_000

/**
 * Finds the last place up to which the ranges together have at most `maxScanned` keys.
 * @returns null if they have no more
 */
export async function findScanEnd(
  queries: Queries,
  ranges: readonly KeyRange[],
  bounds: KeyBounds,
): Promise<KeyPlace | null> {
  const offset = Math.floor(maxScanned / ranges.length) - 1
  const [first] = await unionOf(
    queries,
    ranges.map((range) => selectRange(queries, range, bounds).limit(1).offset(offset)),
  )
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .execute()
  return first ? toPlace(first) : null
}

/** A key with what decides whether it signs. */
export interface ListedKey {
  key: SigningKey
  scheme: SchemeChoice
  /** The generation of the webhook's oldest live key; null if no key is live. */
  oldestLive: number | null
}

/** Reads the keys with these IDs. Omits keys that were deleted in the meantime. */
export async function readListedKeys(
  queries: Queries,
  ids: readonly string[],
  now: number,
): Promise<Map<string, ListedKey>> {
  if (ids.length === 0) return new Map()
  const rows = await queries
    .selectFrom('signing_keys')
    .innerJoin('webhooks', (join) =>
      join
        .onRef('webhooks.application_id', '=', 'signing_keys.application_id')
        .onRef('webhooks.id', '=', 'signing_keys.webhook_id'),
    )
    .select(columns)
    .select(['signature_scheme', 'signature_header'])
    .select((row) =>
      row
        .selectFrom('signing_keys as live')
        .whereRef('live.application_id', '=', 'signing_keys.application_id')
        .whereRef('live.webhook_id', '=', 'signing_keys.webhook_id')
        .where(sql<number>`coalesce(live.revoked_at, live.expires_at, 9007199254740991)`, '>', now)
        .where('live.revoked_at', 'is', null)
        .where('live.sealed_secret', 'is not', null)
        .select(({ fn }) => fn.min<number | null>('live.generation').as('generation'))
        .as('oldest_live'),
    )
    .where('signing_keys.id', 'in', ids)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      { key: toKey(row), scheme: toSchemeChoice(row), oldestLive: row.oldest_live },
    ]),
  )
}

type PlaceRow = Pick<SigningKeyRow, 'id' | 'created_at'>
type PlaceQuery = SelectQueryBuilder<Database, never, PlaceRow>

/** Combines queries into one. Each keeps its own order and limit, which SQLite allows only in a subquery. */
function unionOf(queries: Queries, parts: readonly PlaceQuery[]) {
  const union = parts
    .map((part) => queries.selectFrom(part.as('part')).select(['id', 'created_at']))
    .reduce((all, part) => all.unionAll(part))
  return queries.selectFrom(union.as('place')).select(['id', 'created_at'])
}

function whereMet(
  queries: Queries,
  keys: RangeQuery,
  { applications, classes, expired, now }: KeyConditions,
): PlaceQuery {
  // The limit changes nothing, but keeps the database from choosing another index because of the conditions.
  const read = keys
    .select(['application_id', 'expires_at', 'revoked_at', 'sealed_secret', 'proven_at'])
    .limit(sql.lit(maxScanned))
  let query = queries
    .selectFrom(read.as('key'))
    .select(['id', 'created_at'])
    .where(sql<boolean>`${keyClass} in (${sql.join(classes.map((ofClass) => sql.lit(ofClass)))})`)
    .orderBy('created_at')
    .orderBy('id')
  if (applications !== '*') query = query.where('application_id', 'in', applications)
  if (expired !== null) {
    const ends = expired ? sql`expires_at <= ${now}` : sql`expires_at > ${now}`
    query = query.where(sql<boolean>`(${keyClass} <> ${sql.lit(keyClasses.ending)} or ${ends})`)
  }
  return query as unknown as PlaceQuery
}

function toPlace({ id, created_at: createdAt }: PlaceRow): KeyPlace {
  return { createdAt, id }
}
