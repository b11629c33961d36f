import { sql, type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely'
import type { Database } from '../schema.ts'
import type { Queries } from '../store.ts'
import { isLiveAt } from './signing-key-rows.ts'
import { containsText } from './text-search.ts'

export type WebhookState = 'no_secret' | 'one_key' | 'overlap'

/** What a listed webhook must be. */
export interface WebhookConditions {
  applicationId: string
  /** Text that the ID, URL or description contains; undefined for any. */
  search: string | undefined
  /** Undefined for any state. */
  state: WebhookState | undefined
  /** The current key was created before this time, in milliseconds since 1970; null for any. */
  createdBefore: number | null
  /** There is no current key that was created before this time, in milliseconds since 1970; undefined for any. */
  noKeyBefore?: number
  /** Milliseconds since 1970. */
  now: number
}

/** A part of an application's webhooks, in the order of their IDs. */
export interface IdRange {
  /** Excluded; empty for the start. */
  after: string
  /** Included; undefined for the end. */
  upTo: string | undefined
}

/** The columns that a search reads. */
export const webhookTexts = ['webhooks.id', 'url', 'description']

type IdsQuery = SelectQueryBuilder<Database, never, { id: string }>

/** Finds the ID of the webhook that comes `rows` after an ID; undefined if there are fewer. */
export async function findIdAfter(
  queries: Queries,
  applicationId: string,
  after: string,
  rows: number,
): Promise<string | undefined> {
  const row = await queries
    .selectFrom('webhooks')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(1)
    .offset(rows - 1)
    .executeTakeFirst()
  return row?.id
}

/** Lists the IDs of up to `limit` webhooks in a range that meet the conditions, in order. */
export async function listIds(
  queries: Queries,
  conditions: WebhookConditions,
  range: IdRange,
  limit: number,
): Promise<string[]> {
  const rows = await selectIds(queries, conditions, range).orderBy('id').limit(limit).execute()
  return rows.map(({ id }) => id)
}

/** Counts the webhooks in a range that meet the conditions. */
export async function countIds(
  queries: Queries,
  conditions: WebhookConditions,
  range: IdRange,
): Promise<number> {
  const { count } = await queries
    .selectFrom(selectIds(queries, conditions, range).as('found'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/**
 * Selects the webhooks of a range that meet the conditions. Without a search, it reads the index of live keys once, in
 * order, which takes a fraction of the time of a lookup for each webhook.
 */
function selectIds(queries: Queries, conditions: WebhookConditions, range: IdRange): IdsQuery {
  const { search, state, createdBefore, noKeyBefore } = conditions
  const webhooks = selectWebhooks(queries, conditions, range)
  if (state === 'no_secret' && createdBefore !== null) return webhooks.where(sql.lit(false))
  if (search !== undefined || (noKeyBefore !== undefined && state === 'overlap'))
    return webhooks.where((webhook) => webhook.and(keyConditions(webhook, conditions)))
  const live = selectLive(queries, conditions, range)
  const current = live.where('expires_at', 'is', null)
  const previous = live.where('expires_at', 'is not', null)
  const wanted = createdBefore === null ? current : current.where('created_at', '<', createdBefore)
  if (state === 'no_secret') return webhooks.except(live)
  if (noKeyBefore !== undefined) return webhooks.except(current.where('created_at', '<', noKeyBefore))
  if (state === 'one_key') return wanted.except(previous)
  if (state === 'overlap') return createdBefore === null ? previous.distinct() : wanted.intersect(previous)
  return createdBefore === null ? webhooks : wanted
}

/** Selects the IDs of a range's webhooks that contain the text to search for. */
export function selectWebhooks(
  queries: Queries,
  { applicationId, search }: WebhookConditions,
  { after, upTo }: IdRange,
) {
  let query = queries
    .selectFrom('webhooks')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('id', '>', after)
  if (upTo !== undefined) query = query.where('id', '<=', upTo)
  return search === undefined ? query : query.where(containsText(queries, webhookTexts, search))
}

/** Selects the webhooks of live keys, once for each key. */
export function selectLive(
  queries: Queries,
  { applicationId, now }: WebhookConditions,
  { after, upTo }: IdRange,
) {
  const query = queries
    .selectFrom('signing_keys')
    .select('webhook_id as id')
    .where('application_id', '=', applicationId)
    .where('webhook_id', '>', after)
    .where(isLiveAt(now))
  return upTo === undefined ? query : query.where('webhook_id', '<=', upTo)
}

/** Conditions with subqueries that have a value: SQLite would turn `exists` into a join, and scan a range for each row. */
function keyConditions(
  webhook: ExpressionBuilder<Database, 'webhooks'>,
  { state, createdBefore, noKeyBefore, now }: WebhookConditions,
): Expression<SqlBool>[] {
  const current = currentCreatedAt(webhook, now)
  const overlapEnd = liveKeysOf(webhook, now).select(({ fn }) => fn.max<number>('expires_at').as('end'))
  const hasOverlap = webhook(overlapEnd, 'is not', null)
  const hasCurrent = webhook(current, 'is not', null)
  return [
    ...(createdBefore === null ? [] : [webhook(current, '<', createdBefore)]),
    ...(noKeyBefore === undefined
      ? []
      : [webhook.or([webhook(current, 'is', null), webhook(current, '>=', noKeyBefore)])]),
    ...(state === undefined ? [] : [state === 'overlap' ? hasOverlap : webhook.not(hasOverlap)]),
    ...(state === 'one_key' ? [hasCurrent] : []),
    ...(state === 'no_secret' ? [webhook.not(hasCurrent)] : []),
  ]
}

/** Selects when the webhook's current key was created; null without one. */
function currentCreatedAt(webhook: ExpressionBuilder<Database, 'webhooks'>, now: number) {
  return liveKeysOf(webhook, now)
    .where('expires_at', 'is', null)
    .select(({ fn }) => fn.max<number | null>('signing_keys.created_at').as('at'))
}

function liveKeysOf(webhook: ExpressionBuilder<Database, 'webhooks'>, now: number) {
  return webhook
    .selectFrom('signing_keys')
    .whereRef('signing_keys.application_id', '=', 'webhooks.application_id')
    .whereRef('signing_keys.webhook_id', '=', 'webhooks.id')
    .where(isLiveAt(now))
}
