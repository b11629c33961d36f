import { sql, type SelectQueryBuilder } from 'kysely'
import type { Database } from '../schema.ts'
import type { Queries } from '../store.ts'
import {
  selectLive,
  selectWebhooks,
  webhookTexts,
  type IdRange,
  type WebhookConditions,
} from './listed-webhooks.ts'
import { containsText, isOneOf } from './text-search.ts'

/** A webhook's place in the order of the current keys' age. */
export interface AgePlace {
  /** When the current key was created, in milliseconds since 1970. */
  createdAt: number
  id: string
}

/** A part of the order of the current keys' age. */
export interface AgeRange {
  /** Excluded; null for the start. */
  after: AgePlace | null
  /** The latest creation time, in milliseconds since 1970; undefined for any. */
  upTo: number | undefined
}

/**
 * Lists up to `limit` webhooks of a range of IDs and ages that have a current key and meet the conditions, the oldest key
 * first.
 */
export async function listByKeyAge(
  queries: Queries,
  conditions: WebhookConditions,
  range: IdRange,
  { after, upTo }: AgeRange,
  limit: number,
): Promise<AgePlace[]> {
  const { search, state, createdBefore } = conditions
  const live = selectLive(queries, conditions, range)
  const previous = live.where('expires_at', 'is not', null)
  let current = live.where('expires_at', 'is', null).select('created_at as createdAt')
  // Without `+ 0`, the database might walk an index of the keys of all applications.
  if (upTo !== undefined) current = current.where(sql<boolean>`created_at + 0 <= ${upTo}`)
  if (state === 'overlap') current = current.where(isOneOf(queries, 'webhook_id', previous))
  if (state === 'one_key') current = current.where('webhook_id', 'not in', previous)
  if (createdBefore !== null) current = current.where('created_at', '<', createdBefore)
  if (after)
    current = current.where(sql<boolean>`(created_at, webhook_id) > (${after.createdAt}, ${after.id})`)
  if (search !== undefined) {
    const found = upTo === undefined ? null : await searchFew(queries, conditions, current)
    if (found) return found.slice(0, limit)
    current = current.where(isOneOf(queries, 'webhook_id', selectWebhooks(queries, conditions, range)))
  }
  return inOrder(current).limit(limit).execute()
}

type CurrentKeys = SelectQueryBuilder<Database, 'signing_keys', AgePlace>

function inOrder(keys: CurrentKeys): CurrentKeys {
  return keys.orderBy('created_at').orderBy('webhook_id')
}

/** Number of keys up to which it is faster to read each one's webhook than to search all webhooks of a range. */
const fewKeys = 256

/**
 * Lists those keys whose webhook contains the text to search for, the oldest first.
 * @returns null if there are too many keys
 */
async function searchFew(
  queries: Queries,
  { applicationId, search = '' }: WebhookConditions,
  keys: CurrentKeys,
): Promise<AgePlace[] | null> {
  const rows = await queries
    .selectFrom(
      inOrder(keys)
        .limit(fewKeys + 1)
        .as('key'),
    )
    .innerJoin('webhooks', 'webhooks.id', 'key.id')
    .where('webhooks.application_id', '=', applicationId)
    .select(['key.id', 'key.createdAt'])
    .select(containsText(queries, webhookTexts, search).as('isFound'))
    .orderBy('key.createdAt')
    .orderBy('key.id')
    .execute()
  if (rows.length > fewKeys) return null
  return rows.filter(({ isFound }) => isFound).map(({ id, createdAt }) => ({ id, createdAt }))
}
