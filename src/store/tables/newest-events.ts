import { sql, type RawBuilder } from 'kysely'
import type { AuditEvent, EventType } from '../../domain/audit.ts'
import type { Queries } from '../store.ts'
import { toEvent } from './events.ts'

/** An event's place among all events, newest first. */
export interface NewestPlace {
  /** Milliseconds since 1970. */
  at: number
  /** The event's hash, or its beginning. Orders the events of one millisecond. */
  hash: string
}

/** Finds the place after the event of this type that comes `rows` after a place; undefined if there are fewer. */
export async function findOlderPlace(
  queries: Queries,
  type: EventType,
  after: NewestPlace,
  rows: number,
): Promise<NewestPlace | undefined> {
  return queries
    .selectFrom('events')
    .select(['at', 'hash'])
    .where('type', '=', type)
    .where(isOlder(after))
    .orderBy('at', 'desc')
    .orderBy('hash', 'desc')
    .limit(1)
    .offset(rows - 1)
    .executeTakeFirst()
}

function isOlder({ at, hash }: NewestPlace): RawBuilder<boolean> {
  return sql`(at, hash) < (${at}, ${hash})`
}

export interface ListNewest {
  type: EventType
  applications: readonly string[] | '*'
  /** Excluded. */
  after: NewestPlace
  /** Included; undefined for the oldest event. */
  upTo: NewestPlace | undefined
  limit: number
}

/** Lists events of one type, newest first. */
export async function listNewest(
  queries: Queries,
  { type, applications, after, upTo, limit }: ListNewest,
): Promise<AuditEvent[]> {
  let query = queries
    .selectFrom('events')
    .selectAll()
    .where('type', '=', type)
    .where(isOlder(after))
    .orderBy('at', 'desc')
    .orderBy('hash', 'desc')
    .limit(limit)
  if (upTo) query = query.where(sql<boolean>`(at, hash) >= (${upTo.at}, ${upTo.hash})`)
  if (applications !== '*') query = query.where('application_id', 'in', applications)
  return (await query.execute()).map(toEvent)
}
