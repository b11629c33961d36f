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
  /** The current key was created before this time. Milliseconds since 1970; null for any time. */
  createdBefore: number | null
  /** There is no current key that was created before this time. Milliseconds since 1970; null for any. */
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
  const rows = await selectIds(queries, conditions, range).limit(limit).execute()
  return rows.map(({ id }) => id)
}

/** Counts the webhooks in a range that meet the conditions. */
export async function countIds(
  queries: Queries,
  conditions: WebhookConditions,
  range: IdRange,
): Promise<number> {
  const { search, state } = conditions
  if (state === 'no_secret' && search === undefined) {
    const others = { ...conditions, state: undefined }
    const all = await countRows(queries, selectFromWebhooks(queries, others, range))
    return all - (await countRows(queries, selectFromKeys(queries, others, range)))
  }
  return countRows(queries, selectIds(queries, conditions, range))
}

type IdsQuery = SelectQueryBuilder<Database, never, { id: string }>

async function countRows(queries: Queries, rows: IdsQuery): Promise<number> {
  const { count } = await queries
    .selectFrom(rows.as('found'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

function selectIds(queries: Queries, conditions: WebhookConditions, range: IdRange): IdsQuery {
  const { search, state, createdBefore, noKeyBefore } = conditions
  const needsKey = createdBefore !== null || state === 'one_key' || state === 'overlap'
  return needsKey && search === undefined && noKeyBefore === undefined
    ? selectFromKeys(queries, conditions, range)
    : selectFromWebhooks(queries, conditions, range)
}

/** Selects webhooks that have a live key. Reads each live key once, which takes less time than a search for each webhook. */
function selectFromKeys(
  queries: Queries,
  { applicationId, state, createdBefore, now }: WebhookConditions,
  { after, upTo }: IdRange,
): IdsQuery {
  let webhooks = queries
    .selectFrom('signing_keys')
    .select('webhook_id as id')
    .where('application_id', '=', applicationId)
    .where('webhook_id', '>', after)
    .where(isLiveAt(now))
    .groupBy('webhook_id')
    .orderBy('webhook_id')
  if (upTo !== undefined) webhooks = webhooks.where('webhook_id', '<=', upTo)
  if (state === 'overlap') webhooks = webhooks.having(({ fn }) => fn.max('expires_at'), 'is not', null)
  if (state === 'one_key') webhooks = webhooks.having(({ fn }) => fn.max('expires_at'), 'is', null)
  if (createdBefore !== null)
    webhooks = webhooks.having(
      sql<number>`max(case when expires_at is null then created_at end)`,
      '<',
      createdBefore,
    )
  return webhooks
}

function selectFromWebhooks(
  queries: Queries,
  conditions: WebhookConditions,
  { after, upTo }: IdRange,
): IdsQuery {
  const { applicationId, search } = conditions
  let query = queries
    .selectFrom('webhooks')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('id', '>', after)
    .where((webhook) => webhook.and(keyConditions(webhook, conditions)))
    .orderBy('id')
  if (upTo !== undefined) query = query.where('id', '<=', upTo)
  if (search !== undefined) query = query.where(matchesText(queries, search))
  return query
}

/** Whether a webhook's ID, URL or description contains the text. */
export function matchesText(queries: Queries, text: string): Expression<SqlBool> {
  return containsText(queries, ['webhooks.id', 'url', 'description'], text)
}

function keyConditions(
  webhook: ExpressionBuilder<Database, 'webhooks'>,
  { state, createdBefore, noKeyBefore, now }: WebhookConditions,
): Expression<SqlBool>[] {
  const live = webhook
    .selectFrom('signing_keys')
    .select('signing_keys.webhook_id')
    .where(isLiveAt(now))
    .whereRef('signing_keys.application_id', '=', 'webhooks.application_id')
    .whereRef('signing_keys.webhook_id', '=', 'webhooks.id')
  const current = live.where('expires_at', 'is', null)
  const previous = live.where('expires_at', 'is not', null)
  return [
    ...(createdBefore === null
      ? []
      : [webhook.exists(current.where('signing_keys.created_at', '<', createdBefore))]),
    ...(noKeyBefore === undefined
      ? []
      : [webhook.not(webhook.exists(current.where('signing_keys.created_at', '<', noKeyBefore)))]),
    ...(state === 'overlap' ? [webhook.exists(previous)] : []),
    ...(state === 'one_key' ? [webhook.exists(current), webhook.not(webhook.exists(previous))] : []),
    ...(state === 'no_secret' ? [webhook.not(webhook.exists(live))] : []),
  ]
}
