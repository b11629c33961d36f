import { feedStart, readFeed } from './shared/event-feed.ts'
import { readPlaceText, toPlaceText } from './shared/feed-cursor.ts'
import type { Operation } from './shared/operation.ts'
import { invalidCursor, readPageQuery, toCursor } from './shared/pagination.ts'
import { toFeedEvent } from './shared/representations.ts'

export const listAllEvents: Operation<'listAllEvents'> = async ({ query }, context) => {
  const { limit, after: text } = readPageQuery(query)
  const after = text === null ? feedStart : readPlaceText(text)
  if (!after) throw invalidCursor()
  const { applications } = context.caller
  const { events, next } = await readFeed(context, { applications, type: query.type, after, limit })
  return { status: 200, body: { items: events.map(toFeedEvent), nextCursor: toCursor(toPlaceText(next)) } }
}
