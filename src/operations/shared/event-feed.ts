import type { AuditEvent, EventType } from '../../domain/audit.ts'
import { RekeyError } from '../../errors.ts'
import type { Queries, Store } from '../../store/store.ts'
import {
  assignPositions,
  feedScope,
  findFeedEnd,
  findFeedPlace,
  hasNewEvents,
  listFeed,
  type FeedPlace,
} from '../../store/tables/event-feed.ts'

/** Maximum number of events that one page examines, so that a caller with few of them cannot keep the thread busy. */
const maxExamined = 5_000
/**
 * Maximum number of events that get their position with one page: more than a page has, and few enough not to delay a
 * waiting rotation.
 */
const maxAssigned = 200

/** The start of the feed. */
export const feedStart: FeedPlace = { position: 0, hash: '0'.repeat(64) }

export interface FeedQuery {
  applications: readonly string[] | '*'
  type: EventType | undefined
  /** Of the hash, the beginning is enough. */
  after: FeedPlace
  limit: number
}

export interface FeedPage {
  events: AuditEvent[]
  /** Where the next page starts. Equals `after` if the feed has no further events. */
  next: FeedPlace
}

/**
 * Reads a page of the feed of all events. New events get their positions here, under one lock, and not when they are
 * written: otherwise, a reader could pass a position whose event is committed later.
 * @throws RekeyError `conflict` if the feed does not have the event that the cursor names
 */
export async function readFeed(
  { store, signal }: { store: Store; signal: AbortSignal },
  { after, ...query }: FeedQuery,
): Promise<FeedPage> {
  const { lastEnd, hasNew } = await store.read(async (queries) => {
    const end = (await findFeedEnd(queries)) ?? feedStart
    const named = after.position === 0 ? feedStart : await findFeedPlace(queries, after.position)
    if (!named?.hash.startsWith(after.hash)) throw unknownPlace()
    return {
      lastEnd: end,
      hasNew: end.position - after.position < maxExamined && (await hasNewEvents(queries)),
    }
  }, signal)
  const assign = async (queries: Queries) => {
    await assignPositions(queries, maxAssigned)
    return (await findFeedEnd(queries)) ?? feedStart
  }
  const end = hasNew ? await store.write(feedScope, assign, signal) : lastEnd
  const upTo = Math.min(end.position, after.position + maxExamined)
  return store.read(async (queries) => {
    const found = await listFeed(queries, { ...query, after: after.position, upTo })
    const last = found.at(-1)
    const position = found.length === query.limit && last ? last.position : upTo
    const next = position === 0 ? feedStart : await findFeedPlace(queries, position)
    if (!next) throw unknownPlace()
    return { events: found.map(({ event }) => event), next }
  }, signal)
}

function unknownPlace(): RekeyError {
  return new RekeyError('conflict', {
    message:
      'The cursor is not from this feed as it is now: the database was restored from a backup, or the cursor comes ' +
      'from another database. Compare what you have read with the trail, then start again without a cursor.',
  })
}
