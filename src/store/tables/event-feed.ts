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
 * order of their chain, regardless of their times.
 */
export async function assignPositions(queries: Queries, limit: number): Promise<void> {
  const some = await queries
    .selectFrom('events')
    .select(['application_id', 'webhook_id', 'sequence', 'at'])
    .where('position', 'is', null)
    .limit(limit)
    .execute()
  const rows: NewEvent[] = []
  for (const chain of Map.groupBy(
    some,
    ({ application_id, webhook_id }) => `${application_id}/${webhook_id}`,
  ).values())
    rows.push(...(await firstNewEvents(queries, chain)))
  const before = (await findFeedEnd(queries))?.position ?? 0
  await Promise.all(
    byTime(rows).map((row, index) => setPosition(queries, { ...row, position: before + index + 1 })),
  )
}

/**
 * Replaces new events of a webhook by as many that come first in its chain. PostgreSQL finds them in any order. Its
 * events are committed one after another, so before an event that one query sees, the next query sees no gap.
 */
async function firstNewEvents(queries: Queries, found: NewEvent[]): Promise<NewEvent[]> {
  const chain = found.toSorted((a, b) => a.sequence - b.sequence)
  const [first] = chain
  const isGapless = chain.every(({ sequence }, index) => sequence === (first?.sequence ?? 0) + index)
  if (!first) return []
  const isFirst = (await selectNew(queries, { ...first, sequence: first.sequence - 1 })).length === 0
  if (isFirst && isGapless) return chain
  const { application_id, webhook_id } = first
  return queries
    .selectFrom('events')
    .select(['application_id', 'webhook_id', 'sequence', 'at'])
    .where('application_id', '=', application_id)
    .where('webhook_id', '=', webhook_id)
    .where('position', 'is', null)
    .orderBy('sequence')
    .limit(chain.length)
    .execute()
}

/** Selects an event if it has no position yet. */
const selectNew = prepared((queries, { application_id, webhook_id, sequence }: Omit<NewEvent, 'at'>) =>
  queries
    .selectFrom('events')
    .select('sequence')
    .where('application_id', '=', application_id)
    .where('webhook_id', '=', webhook_id)
    .where('sequence', '=', sequence)
    .where('position', 'is', null),
)

type NewEvent = Pick<EventRow, 'application_id' | 'webhook_id' | 'sequence' | 'at'>

/**
 * Sorts events by time. Each webhook's events must be next to each other, in the order of its chain. An event whose
 * clock was behind stays after the events before it in its chain.
 */
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
