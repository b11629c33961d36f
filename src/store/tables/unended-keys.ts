import { sql } from 'kysely'
import type { Queries } from '../store.ts'
import { examined, maxExamined, readPlaces } from './key-places.ts'
import { whereWithin, type KeyBounds, type KeyPlace, type KeysQuery } from './key-ranges.ts'
import { keyEnd } from './signing-key-rows.ts'

/** Keys that expire later than now, in the order of their ends: previous keys, or those whose secret was erased. */
export type UnendedKeys = 'previous' | 'lost'

/** A key's place in the order of the keys' ends. */
export interface EndPlace {
  /** Milliseconds since 1970. */
  end: number
  createdAt: number
  id: string
}

/** Finds the place of the key that comes `rows` after a place; undefined if there are fewer. */
export async function findLaterEnd(
  queries: Queries,
  kind: UnendedKeys,
  after: EndPlace,
  rows: number,
): Promise<EndPlace | undefined> {
  return selectInOrder(queries, kind, { after, upTo: undefined })
    .select([keyEnd.as('end'), 'created_at as createdAt', 'id'])
    .limit(1)
    .offset(rows - 1)
    .executeTakeFirst()
}

/** Lists the places of up to `limit` keys of a part, the oldest key first. */
export async function listUnended(
  queries: Queries,
  kind: UnendedKeys,
  part: { after: EndPlace; upTo: EndPlace | undefined },
  {
    bounds,
    applications,
    limit,
  }: { bounds: KeyBounds; applications: readonly string[] | '*'; limit: number },
): Promise<KeyPlace[]> {
  const keys: KeysQuery = selectInOrder(queries, kind, part).select(['id', 'created_at', ...examined])
  // The subquery keeps the database from choosing another index.
  let found = queries
    .selectFrom(keys.limit(sql.lit(maxExamined)).as('key'))
    .select(['id', 'created_at']) as unknown as KeysQuery
  if (applications !== '*') found = found.where('application_id', 'in', applications)
  return readPlaces(whereWithin(found, bounds), limit)
}

/** Selects from the index `signing_keys_to_erase` or `signing_keys_erased`, whose conditions these must match. */
function selectInOrder(
  queries: Queries,
  kind: UnendedKeys,
  { after, upTo }: { after: EndPlace; upTo: EndPlace | undefined },
) {
  const place = ({ end, createdAt, id }: EndPlace) => sql`(${end}, ${createdAt}, ${id})`
  const row = sql`(${keyEnd}, created_at, id)`
  let keys = queries
    .selectFrom('signing_keys')
    .where(keyEnd, '>=', after.end)
    .where(sql<boolean>`${row} > ${place(after)}`)
    .orderBy(keyEnd)
    .orderBy('created_at')
    .orderBy('id')
  if (upTo) keys = keys.where(keyEnd, '<=', upTo.end).where(sql<boolean>`${row} <= ${place(upTo)}`)
  return kind === 'lost'
    ? keys.where('sealed_secret', 'is', null)
    : keys.where('sealed_secret', 'is not', null).where('expires_at', 'is not', null)
}
