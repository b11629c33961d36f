import { sql } from 'kysely'
import type { Queries } from '../store.ts'
import {
  currentCreatedAt,
  keyConditions,
  matchesText,
  type IdRange,
  type WebhookConditions,
} from './listed-webhooks.ts'
import { isLiveAt } from './signing-key-rows.ts'

/** A webhook's place in the order of the current keys' age. */
export interface AgePlace {
  /** When the current key was created, in milliseconds since 1970. */
  createdAt: number
  id: string
}

/**
 * Lists up to `limit` webhooks of a range of IDs that have a current key and meet the conditions, the oldest key first.
 * @param after the last place that is not listed; null for the start
 */
export async function listByKeyAge(
  queries: Queries,
  conditions: WebhookConditions,
  range: IdRange,
  after: AgePlace | null,
  limit: number,
): Promise<AgePlace[]> {
  const { search, createdBefore } = conditions
  const keyed =
    search === undefined
      ? selectFromKeys(queries, conditions, range)
      : selectFromWebhooks(queries, conditions, range, search)
  let query = queries
    .selectFrom(keyed.as('keyed'))
    .select(['id', 'createdAt'])
    .where('createdAt', 'is not', null)
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit)
    .$narrowType<{ createdAt: number }>()
  if (createdBefore !== null) query = query.where('createdAt', '<', createdBefore)
  if (after)
    query = query.where(sql<boolean>`(${sql.ref('createdAt')}, id) > (${after.createdAt}, ${after.id})`)
  return query.execute()
}

function selectFromKeys(
  queries: Queries,
  { applicationId, state, now }: WebhookConditions,
  { after, upTo }: IdRange,
) {
  let live = queries
    .selectFrom('signing_keys')
    .where('application_id', '=', applicationId)
    .where('webhook_id', '>', after)
    .where(isLiveAt(now))
  if (upTo !== undefined) live = live.where('webhook_id', '<=', upTo)
  const current = live
    .where('expires_at', 'is', null)
    .select(['webhook_id as id', 'created_at as createdAt'])
    .$castTo<{ id: string; createdAt: number | null }>()
  if (state === undefined) return current
  const overlapping = live.where('expires_at', 'is not', null).select('webhook_id')
  return current.where('webhook_id', state === 'overlap' ? 'in' : 'not in', overlapping)
}

function selectFromWebhooks(
  queries: Queries,
  conditions: WebhookConditions,
  { after, upTo }: IdRange,
  search: string,
) {
  const { applicationId, now } = conditions
  const webhooks = queries
    .selectFrom('webhooks')
    .select((webhook) => ['webhooks.id', currentCreatedAt(webhook, now).as('createdAt')])
    .where('webhooks.application_id', '=', applicationId)
    .where('webhooks.id', '>', after)
    .where(matchesText(queries, search))
    .where((webhook) => webhook.and(keyConditions(webhook, conditions)))
  return upTo === undefined ? webhooks : webhooks.where('webhooks.id', '<=', upTo)
}
