import type { AuditEvent, EventType } from '../../domain/audit.ts'
import { prepared } from '../prepared-query.ts'
import type { EventRow } from '../schema.ts'
import type { Queries, Scope } from '../store.ts'
import { toEvent } from './events.ts'

/** Excludes other assignments of positions, and nothing else: no application has an empty ID. */
export const feedScope: Scope = { applicationId: '' }

/** A place in the feed of all events. */
export interface FeedPlace {
  /** The position of the last event before this place; 0 at the start. */
  position: number
  /** The hash of that event. */
  hash: string
}

/** Finds the last event of the feed; undefined if no event has a position. */
export async function findFeedEnd(queries: Queries): Promise<FeedPlace | undefined> {
  return whereInFeed(queries).orderBy('position', 'desc').limit(1).executeTakeFirst()
}

export async function findFeedPlace(queries: Queries, position: number): Promise<FeedPlace | undefined> {
  return whereInFeed(queries).where('position', '=', position).executeTakeFirst()
}

function whereInFeed(queries: Queries) {
  return queries
    .selectFrom('events')
    .select(['position', 'hash'])
    .where('position', 'is not', null)
    .$narrowType<{ position: number }>()
}

/** Whether events have been committed that have no position yet. */
export async function hasNewEvents(queries: Queries): Promise<boolean> {
  const rows = await queries
    .selectFrom('events')
    .select('sequence')
    .where('position', 'is', null)
    .limit(1)
    .execute()
  return rows.length > 0
}

/**
 * Gives up to `limit` new events the next positions. Must run in a write of `feedScope`. Each webhook's events keep the
 * order of their chain, whatever their times are: they are committed one after another, so an event that this query
 * does not see yet has no successor that it sees.
 */
export async function assignPositions(queries: Queries, limit: number): Promise<void> {
  const rows = await queries
    .selectFrom('events')
    .select(['application_id', 'webhook_id', 'sequence', 'at'])
    .where('position', 'is', null)
    .orderBy('application_id')
    .orderBy('webhook_id')
    .orderBy('sequence')
    .limit(limit)
    .execute()
  const before = (await findFeedEnd(queries))?.position ?? 0
  await Promise.all(
    byTime(rows).map((row, index) => setPosition(queries, { ...row, position: before + index + 1 })),
  )
}

type NewEvent = Pick<EventRow, 'application_id' | 'webhook_id' | 'sequence' | 'at'>

/** Sorts chains of events by time. An event whose clock was behind stays after the events before it in its chain. */
function byTime(rows: readonly NewEvent[]): NewEvent[] {
  let last: { row: NewEvent; time: number } | undefined
  return rows
    .map((row) => {
      const isNext = last?.row.application_id === row.application_id && last.row.webhook_id === row.webhook_id
      last = { row, time: isNext && last ? Math.max(last.time, row.at) : row.at }
      return last
    })
    .sort((a, b) => a.time - b.time)
    .map(({ row }) => row)
}

const setPosition = prepared(
  (queries, { application_id, webhook_id, sequence, position }: NewEvent & { position: number }) =>
    queries
      .updateTable('events')
      .set({ position })
      .where('application_id', '=', application_id)
      .where('webhook_id', '=', webhook_id)
      .where('sequence', '=', sequence),
)

export interface ListFeed {
  /** Lists events after this position. */
  after: number
  /** The last position to examine. */
  upTo: number
  applications: readonly string[] | '*'
  /** Undefined for events of any type. */
  type: EventType | undefined
  limit: number
}

/** Lists events in the order of the feed, each with its position. */
export async function listFeed(
  queries: Queries,
  { after, upTo, applications, type, limit }: ListFeed,
): Promise<{ event: AuditEvent; position: number }[]> {
  if (applications.length === 0) return []
  let query = queries
    .selectFrom('events')
    .selectAll()
    .where('position', '>', after)
    .where('position', '<=', upTo)
    .orderBy('position')
    .limit(limit)
    .$narrowType<{ position: number }>()
  if (applications !== '*') query = query.where('application_id', 'in', applications)
  if (type !== undefined) query = query.where('type', '=', type)
  return (await query.execute()).map((row) => ({ event: toEvent(row), position: row.position }))
}
