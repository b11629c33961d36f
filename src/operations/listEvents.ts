import { RekeyError } from '../errors.ts'
import { listEvents as selectEvents } from '../store/tables/events.ts'
import { webhookExists } from '../store/tables/webhooks.ts'
import type { Operation } from './shared/operation.ts'
import { invalidCursor, readPageQuery, toPage } from './shared/pagination.ts'
import { toEventView } from './shared/representations.ts'

export const listEvents: Operation<'listEvents'> = async ({ path, query }, { store, signal }) => {
  const { limit, after } = readPageQuery(query)
  const before = after === null ? null : readSequence(after)
  const events = await store.read(async (queries) => {
    const found = await selectEvents(queries, { ...path, before, limit: limit + 1 })
    // The audit trail outlives the webhook, so the request fails with 404 only if the webhook never existed.
    if (found.length === 0 && !(await webhookExists(queries, path))) throw new RekeyError('notFound')
    return found
  }, signal)
  return { status: 200, body: toPage(events, limit, ({ sequence }) => String(sequence), toEventView) }
}

function readSequence(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidCursor()
  return Number(text)
}
