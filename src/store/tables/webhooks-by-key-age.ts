import { sql } from 'kysely'
import type { Queries } from '../store.ts'
import { matchesText, type WebhookConditions } from './listed-webhooks.ts'
import { isLiveAt } from './signing-key-rows.ts'

/** A webhook's place in the order of the current keys' age. */
export interface AgePlace {
  /** When the current key was created, in milliseconds since 1970. */
  createdAt: number
  id: string
}

/** A part of an application's webhooks that have a current key, the oldest key first. */
export interface AgeRange {
  /** Excluded; null for the start. */
  after: AgePlace | null
  /** Included; undefined or null for the end. */
  upTo?: AgePlace | null | undefined
}

/** Finds the webhook that comes `rows` after a place; undefined if there are fewer. */
export async function findPlaceAfter(
  queries: Queries,
  conditions: WebhookConditions,
  after: AgePlace | null,
  rows: number,
): Promise<AgePlace | undefined> {
  return selectInOrder(queries, conditions, { after })
    .limit(1)
    .offset(rows - 1)
    .executeTakeFirst()
}

/** Lists the places of up to `limit` webhooks in a range that meet the conditions, in order. */
export async function listPlaces(
  queries: Queries,
  conditions: WebhookConditions,
  range: AgeRange,
  limit: number,
): Promise<AgePlace[]> {
  const { search, state, now } = conditions
  let query = selectInOrder(queries, conditions, range).limit(limit)
  // Subqueries that have a value, as in keyConditions: PostgreSQL would join `exists`, and read all webhooks.
  if (state !== undefined)
    query = query.where((eb) =>
      eb(
        eb
          .selectFrom('signing_keys')
          .select(({ fn }) => fn.max<number>('signing_keys.expires_at').as('end'))
          .whereRef('signing_keys.application_id', '=', 'current.application_id')
          .whereRef('signing_keys.webhook_id', '=', 'current.webhook_id')
          .where(isLiveAt(now)),
        state === 'overlap' ? 'is not' : 'is',
        null,
      ),
    )
  if (search !== undefined)
    query = query.where((eb) =>
      eb(
        eb
          .selectFrom('webhooks')
          .select('webhooks.id')
          .whereRef('webhooks.application_id', '=', 'current.application_id')
          .whereRef('webhooks.id', '=', 'current.webhook_id')
          .where(matchesText(queries, search)),
        'is not',
        null,
      ),
    )
  return query.execute()
}

/** Selects from the index `signing_keys_current_of_application`, whose conditions these must match. */
function selectInOrder(
  queries: Queries,
  { applicationId, createdBefore }: WebhookConditions,
  { after, upTo }: AgeRange,
) {
  const place = ({ createdAt, id }: AgePlace) => sql`(${createdAt}, ${id})`
  let query = queries
    .selectFrom('signing_keys as current')
    .select(['current.created_at as createdAt', 'current.webhook_id as id'])
    .where('current.application_id', '=', applicationId)
    .where('current.expires_at', 'is', null)
    .where('current.sealed_secret', 'is not', null)
    .orderBy('current.created_at')
    .orderBy('current.webhook_id')
  if (createdBefore !== null) query = query.where('current.created_at', '<', createdBefore)
  if (after) query = query.where(sql<boolean>`(current.created_at, current.webhook_id) > ${place(after)}`)
  if (upTo) query = query.where(sql<boolean>`(current.created_at, current.webhook_id) <= ${place(upTo)}`)
  return query
}
