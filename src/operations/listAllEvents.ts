import { feedStart, readFeed } from './shared/event-feed.ts'
import { readPlaceText, toPlaceText } from './shared/feed-cursor.ts'
import { newestStart, readNewest, readNewestText, toNewestText } from './shared/newest-events.ts'
import type { Operation } from './shared/operation.ts'
import { invalidCursor, readPageQuery, toCursor } from './shared/pagination.ts'
import { toFeedEvent } from './shared/representations.ts'

export const listAllEvents: Operation<'listAllEvents'> = async ({ query }, context) => {
  const { limit, after: text } = readPageQuery(query)
  const { type, order } = query
  if (order === 'newest') {
    const after = text === null ? newestStart : readNewestText(text)
    if (!after) throw invalidCursor()
    const { events, next } = await readNewest({ type, after, limit }, context)
    return { status: 200, body: { items: events.map(toFeedEvent), nextCursor: toCursor(toNewestText(next)) } }
  }
  const after = text === null ? feedStart : readPlaceText(text)
  if (!after) throw invalidCursor()
  const { applications } = context.caller
  const { events, next } = await readFeed(context, { applications, type, after, limit })
  return { status: 200, body: { items: events.map(toFeedEvent), nextCursor: toCursor(toPlaceText(next)) } }
}
