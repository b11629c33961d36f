import { sql } from 'kysely'
import type { Queries } from '../store.ts'
import { selectLive, selectWebhooks, type IdRange, type WebhookConditions } from './listed-webhooks.ts'

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
  const { search, state, createdBefore } = conditions
  const live = selectLive(queries, conditions, range)
  const previous = live.where('expires_at', 'is not', null)
  let current = live
    .where('expires_at', 'is', null)
    .select('created_at as createdAt')
    .orderBy('created_at')
    .orderBy('webhook_id')
    .limit(limit)
  if (search !== undefined)
    current = current.where('webhook_id', 'in', selectWebhooks(queries, conditions, range))
  if (state !== undefined)
    current = current.where('webhook_id', state === 'overlap' ? 'in' : 'not in', previous)
  if (createdBefore !== null) current = current.where('created_at', '<', createdBefore)
  if (after)
    current = current.where(sql<boolean>`(created_at, webhook_id) > (${after.createdAt}, ${after.id})`)
  return current.execute()
}
