import { sql, type ExpressionBuilder } from 'kysely'
import type { Database } from '../schema.ts'
import type { Queries } from '../store.ts'
import {
  selectLive,
  selectWebhooks,
  webhookTexts,
  type IdRange,
  type WebhookConditions,
} from './listed-webhooks.ts'
import { containsText } from './text-search.ts'

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
 * Number of keys up to which it is faster to read the text of each one's webhook than to search all webhooks of a range.
 */
const fewKeys = 256

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
  let current = live.where('expires_at', 'is', null)
  // Without `+ 0`, the database might walk an index of the keys of all applications.
  if (upTo !== undefined) current = current.where(sql<boolean>`created_at + 0 <= ${upTo}`)
  if (state !== undefined)
    current = current.where('webhook_id', state === 'overlap' ? 'in' : 'not in', previous)
  if (createdBefore !== null) current = current.where('created_at', '<', createdBefore)
  if (after)
    current = current.where(sql<boolean>`(created_at, webhook_id) > (${after.createdAt}, ${after.id})`)
  if (search !== undefined)
    current = (await hasFew(queries, current))
      ? current.where(containsTextOfWebhook(queries, search))
      : current.where('webhook_id', 'in', selectWebhooks(queries, conditions, range))
  return current
    .select('created_at as createdAt')
    .orderBy('created_at')
    .orderBy('webhook_id')
    .limit(limit)
    .execute()
}

async function hasFew(queries: Queries, keys: ReturnType<typeof selectLive>): Promise<boolean> {
  const { count } = await queries
    .selectFrom(keys.limit(fewKeys + 1).as('keys'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count <= fewKeys
}

/** An SQL condition: whether the ID, URL or description of a key's webhook contains the text. */
function containsTextOfWebhook(queries: Queries, search: string) {
  return (key: ExpressionBuilder<Database, 'signing_keys'>) =>
    key
      .selectFrom('webhooks')
      .select(containsText(queries, webhookTexts, search).as('contains'))
      .whereRef('webhooks.application_id', '=', 'signing_keys.application_id')
      .whereRef('webhooks.id', '=', 'signing_keys.webhook_id')
      .$asScalar()
      .$notNull()
}
