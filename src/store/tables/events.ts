import { sql, type Selectable } from 'kysely'
import {
  chainEvent,
  type AuditEvent,
  type ChainEnd,
  type EventKey,
  type EventDetails,
} from '../../domain/audit.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { cast, prepared } from '../prepared-query.ts'
import type { EventRow } from '../schema.ts'
import type { Queries } from '../store.ts'

/** Adds an event to the webhook's audit trail. Must run in the transaction that makes the recorded change. */
export async function appendEvent(queries: Queries, owner: KeyOwner, happening: EventDetails): Promise<void> {
  await appendEventAfter(queries, await findChainEnd(queries, owner), owner, happening)
}

/** Reads the sequence number and hash of the webhook's last event; undefined if the webhook has no events. */
export async function findChainEnd(queries: Queries, owner: KeyOwner): Promise<ChainEnd | undefined> {
  const [last] = await selectChainEnd(queries, owner)
  return last
}

/** Like appendEvent, but takes the trail's last event, which must have been read in the same transaction. */
export async function appendEventAfter(
  queries: Queries,
  last: ChainEnd | undefined,
  owner: KeyOwner,
  happening: EventDetails,
): Promise<void> {
  await insertEvent(queries, serialize(chainEvent(owner, happening, last)))
}

/** Maximum number of events per statement, within both databases' limits on parameters. */
const maxInserted = 500

/** Stores events that are already chained, many per statement. */
export async function insertEvents(queries: Queries, events: readonly AuditEvent[]): Promise<void> {
  for (let i = 0; i < events.length; i += maxInserted) {
    const rows = events.slice(i, i + maxInserted).map((event) => toRow(serialize(event)))
    await queries.insertInto('events').values(rows).execute()
  }
}

/**
 * Adds the same event to the audit trail of each of an application's webhooks. Must run before the webhooks are
 * deleted.
 */
export async function appendEventToEach(
  queries: Queries,
  applicationId: string,
  happening: EventDetails,
): Promise<void> {
  const ends = await listChainEnds(queries, applicationId)
  const events = ends.map(({ webhookId, sequence, hash }) => {
    const last = sequence === null || hash === null ? undefined : { sequence, hash }
    return chainEvent({ applicationId, webhookId }, happening, last)
  })
  await insertEvents(queries, events)
}

/** Lists an application's webhooks, each with its last event's sequence number and hash, or null for both. */
function listChainEnds(queries: Queries, applicationId: string) {
  return queries
    .selectFrom('webhooks')
    .leftJoin('events', (join) =>
      join
        .onRef('events.application_id', '=', 'webhooks.application_id')
        .onRef('events.webhook_id', '=', 'webhooks.id')
        .on('events.sequence', '=', (on) =>
          on
            .selectFrom('events as any')
            .whereRef('any.application_id', '=', 'webhooks.application_id')
            .whereRef('any.webhook_id', '=', 'webhooks.id')
            .select(({ fn }) => fn.max('any.sequence').as('last')),
        ),
    )
    .where('webhooks.application_id', '=', applicationId)
    .select(['webhooks.id as webhookId', 'events.sequence', 'events.hash'])
    .execute()
}

const selectChainEnd = prepared((queries, owner: KeyOwner) =>
  ofWebhook(queries, owner).select(['sequence', 'hash']).orderBy('sequence', 'desc').limit(sql.lit(1)),
)

interface SerializedEvent extends Omit<AuditEvent, 'key' | 'endedKeys'> {
  key: string | null
  endedKeys: string
}

function serialize({ key, endedKeys, ...event }: AuditEvent): SerializedEvent {
  return { ...event, key: key && JSON.stringify(key), endedKeys: JSON.stringify(endedKeys) }
}

const insertEvent = prepared((queries, event: SerializedEvent) =>
  queries.insertInto('events').values(toRow(event)),
)

function toRow(event: SerializedEvent) {
  return {
    application_id: event.applicationId,
    webhook_id: event.webhookId,
    sequence: event.sequence,
    type: event.type,
    at: event.at,
    actor: event.actor,
    reason: event.reason,
    request_id: event.requestId,
    key: event.key,
    ended_keys: event.endedKeys,
    previous_hash: event.previousHash,
    hash: event.hash,
  }
}

export interface ListEvents extends KeyOwner {
  /** Lists only events before this sequence number; null starts at the newest event. */
  before: number | null
  limit: number
}

/** Lists a webhook's events, newest first. */
export async function listEvents(
  queries: Queries,
  { before, limit, ...owner }: ListEvents,
): Promise<AuditEvent[]> {
  let query = ofWebhook(queries, owner).selectAll().orderBy('sequence', 'desc').limit(limit)
  if (before !== null) query = query.where('sequence', '<', before)
  return (await query.execute()).map(toEvent)
}

/** An event's position in the order of listAllEvents. */
export type EventPosition = KeyOwner & Pick<AuditEvent, 'sequence'>

/**
 * Lists the events of all chains, chain by chain and oldest first. Starts after the position `after`, or at the first
 * event if `after` is null.
 */
export async function listAllEvents(
  queries: Queries,
  after: EventPosition | null,
  limit: number,
): Promise<AuditEvent[]> {
  let query = queries
    .selectFrom('events')
    .selectAll()
    .orderBy('application_id')
    .orderBy('webhook_id')
    .orderBy('sequence')
    .limit(limit)
  if (after) {
    query = query.where((row) =>
      row(
        row.refTuple('application_id', 'webhook_id', 'sequence'),
        '>',
        row.tuple(after.applicationId, after.webhookId, after.sequence),
      ),
    )
  }
  return (await query.execute()).map(toEvent)
}

function ofWebhook(queries: Queries, { applicationId, webhookId }: KeyOwner) {
  return queries
    .selectFrom('events')
    .where('application_id', '=', cast(applicationId, 'text'))
    .where('webhook_id', '=', cast(webhookId, 'text'))
}

export function toEvent(row: Selectable<EventRow>): AuditEvent {
  return {
    applicationId: row.application_id,
    webhookId: row.webhook_id,
    sequence: row.sequence,
    type: row.type,
    at: row.at,
    actor: row.actor,
    reason: row.reason,
    requestId: row.request_id,
    key: row.key === null ? null : (JSON.parse(row.key) as EventKey),
    endedKeys: JSON.parse(row.ended_keys) as EventKey[],
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}
