import { RekeyError } from '../errors.ts'
import { findApplication } from '../store/tables/applications.ts'
import type { WebhookConditions } from '../store/tables/listed-webhooks.ts'
import { readWebhooks } from '../store/tables/webhooks.ts'
import type { Operation } from './shared/operation.ts'
import { readPageQuery, toCursor } from './shared/pagination.ts'
import { toWebhook } from './shared/representations.ts'
import { SlicedSearch, type FoundItems } from './shared/search-slices.ts'
import { maxCursorLength, readAgeText, readIdText, toAgeText, toIdText } from './shared/webhook-cursors.ts'
import { countWebhooks, searchById, searchByKeyAge } from './shared/webhook-search.ts'

/** How long the queries that find a page and count webhooks may take together, in milliseconds. */
const searchMs = 42

export const listWebhooks: Operation<'listWebhooks'> = async ({ path, query }, context) => {
  const { store, signal } = context
  const { limit, after } = readPageQuery(query, maxCursorLength)
  const { applicationId } = path
  const { search, state, createdBefore, sort, total } = query
  const now = context.now()
  const conditions = {
    ...{ applicationId, search, state, now },
    createdBefore: createdBefore === undefined ? null : Date.parse(createdBefore),
  }
  const find = sort === 'keyCreatedAt' ? findByKeyAge(conditions, after) : findById(conditions, after)
  if (!(await store.read((queries) => findApplication(queries, applicationId), signal)))
    throw new RekeyError('notFound')
  const sliced = new SlicedSearch(applicationId, searchMs, context)
  const { items: ids, next } = await find(sliced, limit)
  const rows = await store.read((queries) => readWebhooks(queries, { applicationId, ids, now }), signal)
  const webhooks = new Map(rows.map((row) => [row.id, toWebhook(row)]))
  const page = { items: ids.flatMap((id) => webhooks.get(id) ?? []), nextCursor: next && toCursor(next) }
  if (!total) return { status: 200, body: page }
  const isAll = after === null && next === null
  return {
    status: 200,
    body: { ...page, total: isAll ? ids.length : await countWebhooks(sliced, conditions) },
  }
}

/** Finds a page's IDs and the text of the next cursor. */
type Find = (search: SlicedSearch, limit: number) => Promise<FoundItems<string, string>>

/** @throws RekeyError `badRequest` if the cursor is not one of this list */
function findById(conditions: WebhookConditions, after: string | null): Find {
  const { applicationId } = conditions
  const place = after === null ? '' : readIdText(applicationId, after)
  return async (search, limit) => {
    const { items, next } = await searchById(search, conditions, place, limit)
    return { items, next: next && toIdText(applicationId, next) }
  }
}

/** @throws RekeyError `badRequest` if the cursor is not one of this list */
function findByKeyAge(conditions: WebhookConditions, after: string | null): Find {
  const { applicationId } = conditions
  const place = after === null ? null : readAgeText(applicationId, after)
  return async (search, limit) => {
    const { items, next } = await searchByKeyAge(search, conditions, place, limit)
    return { items, next: next && toAgeText(applicationId, next) }
  }
}
