import { sql, type ExpressionBuilder, type Selectable } from 'kysely'
import {
  chain,
  keyChanges,
  type AuditEvent,
  type ChainEnd,
  type EventKey,
  type Happening,
} from '../domain/audit.ts'
import type { KeyOwner, KnownKey } from '../domain/signing-key.ts'
import { liveAt } from '../domain/told-keys.ts'
import { cast, prepared } from './prepared.ts'
import type { Database, EventRow } from './schema.ts'
import type { Queries } from './store.ts'

/** Adds what happened to the webhook's audit trail; part of the transaction in which it happened. */
export async function appendEvent(queries: Queries, owner: KeyOwner, happening: Happening): Promise<void> {
  await appendEventTo(queries, await findChainEnd(queries, owner), owner, happening)
}

/** The last event of the webhook's audit trail, unless there is none. */
export async function findChainEnd(queries: Queries, owner: KeyOwner): Promise<ChainEnd | undefined> {
  const [last] = await selectChainEnd(queries, owner)
  return last && toChainEnd(last)
}

/** What the last event of a webhook tells of its keys: those that sign at `now`, newest first. */
export async function listLiveKeys(queries: Queries, owner: KeyOwner, now: number): Promise<KnownKey[]> {
  const last = await findChainEnd(queries, owner)
  return last ? liveAt(last.liveKeys, now) : []
}

const chainEndColumns = ['sequence', 'hash', 'type', 'previous_change', 'live_keys'] as const

function toChainEnd(row: Pick<Selectable<EventRow>, (typeof chainEndColumns)[number]>): ChainEnd {
  const { sequence, hash, type, previous_change: previousChange } = row
  return { sequence, hash, type, previousChange, liveKeys: readLiveKeys(row.live_keys) }
}

/** @throws Error if they are not told, which the tables do not allow of a last event */
export function readLiveKeys(liveKeys: string | null): KnownKey[] {
  if (liveKeys === null) throw new Error('the last event of a webhook does not tell its live keys')
  return JSON.parse(liveKeys) as KnownKey[]
}

/** As appendEvent, where the end of the trail was read in the same transaction. */
export async function appendEventTo(
  queries: Queries,
  last: ChainEnd | undefined,
  owner: KeyOwner,
  happening: Happening,
): Promise<void> {
  await insertEvent(queries, serialize(chain(owner, happening, last)))
}

/** How many events one statement stores: as many as leave room below every database's limit of parameters. */
const maxInserted = 500

/** Stores events that are chained, in few statements, however many there are. */
export async function insertEvents(queries: Queries, events: readonly AuditEvent[]): Promise<void> {
  for (let i = 0; i < events.length; i += maxInserted) {
    const rows = events.slice(i, i + maxInserted).map((event) => toRow(serialize(event)))
    await queries.insertInto('events').values(rows).execute()
  }
}

/**
 * Adds the same to the audit trail of every webhook of an application; to be run where the webhooks are still there.
 */
export async function appendEventToEach(
  queries: Queries,
  applicationId: string,
  happening: Happening,
): Promise<void> {
  const webhooks = await queries
    .selectFrom('webhooks')
    .where('application_id', '=', applicationId)
    .select('id as webhookId')
    .select((row) => [ofLastEvent(row, 'sequence'), ofLastEvent(row, 'hash'), ofLastEvent(row, 'type')])
    .select((row) => [ofLastEvent(row, 'previous_change'), ofLastEvent(row, 'live_keys')])
    .execute()
  const events = webhooks.map(({ webhookId, sequence, hash, type, ...last }) => {
    const end =
      sequence === null || hash === null || type === null ? undefined : { sequence, hash, type, ...last }
    return chain({ applicationId, webhookId }, happening, end && toChainEnd(end))
  })
  await insertEvents(queries, events)
}

/** What the last event of a webhook says, where webhooks are selected; null if it has none. */
export function ofLastEvent<Column extends (typeof chainEndColumns)[number]>(
  webhooks: ExpressionBuilder<Database, 'webhooks'>,
  column: Column,
) {
  return webhooks
    .selectFrom('events')
    .select(column)
    .whereRef('events.application_id', '=', 'webhooks.application_id')
    .whereRef('events.webhook_id', '=', 'webhooks.id')
    .orderBy('events.sequence', 'desc')
    .limit(1)
    .as(column)
}

const selectChainEnd = prepared((queries, owner: KeyOwner) =>
  ofWebhook(queries, owner).select(chainEndColumns).orderBy('sequence', 'desc').limit(sql.lit(1)),
)

interface SerializedEvent extends Omit<AuditEvent, 'key' | 'endedKeys' | 'liveKeys'> {
  key: string | null
  endedKeys: string
  liveKeys: string
}

function serialize({ key, endedKeys, liveKeys, ...event }: AuditEvent): SerializedEvent {
  return {
    ...event,
    key: key && JSON.stringify(key),
    endedKeys: JSON.stringify(endedKeys),
    liveKeys: JSON.stringify(liveKeys),
  }
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
    previous_change: event.previousChange,
    live_keys: event.liveKeys,
  }
}

export interface ListEvents extends KeyOwner {
  /** Only events before this sequence. */
  before: number | null
  limit: number
}

/** Newest first. */
export async function listEvents(
  queries: Queries,
  { before, limit, ...owner }: ListEvents,
): Promise<AuditEvent[]> {
  let query = ofWebhook(queries, owner).selectAll().orderBy('sequence', 'desc').limit(limit)
  if (before !== null) query = query.where('sequence', '<', before)
  return (await query.execute()).map(toEvent)
}

/**
 * The events that changed the webhook's keys after `since`, and the last one before it, oldest first; of more than
 * `limit` the last ones. Each tells which keys were live after it, so the keys of before are told too.
 */
export async function listKeyChanges(
  queries: Queries,
  owner: KeyOwner,
  since: number,
  limit: number,
): Promise<AuditEvent[]> {
  const isChange = sql`type in (${sql.join(keyChanges)})`
  // From each change to the one before, however many other events are between.
  const { rows } = await sql<EventRow>`with recursive walk as (
      select * from (select * from events where application_id = ${owner.applicationId}
        and webhook_id = ${owner.webhookId} order by sequence desc limit 1) as last
      union all
      select events.* from walk join events on events.application_id = walk.application_id
        and events.webhook_id = walk.webhook_id and events.sequence = walk.previous_change
      where not (walk.${isChange} and walk.at <= ${since})
    ) select * from walk where ${isChange} limit ${limit}`.execute(queries)
  return rows.map(toEvent).sort((a, b) => a.sequence - b.sequence)
}

/** When the webhook was rotated `count` rotations ago, the last one being the first of them, if it ever was. */
export async function findRotationTime(
  queries: Queries,
  owner: KeyOwner,
  count: number,
): Promise<number | undefined> {
  const [rotated] = await selectRotationTime(queries, { ...owner, offset: count - 1 })
  return rotated?.at
}

const selectRotationTime = prepared(
  (queries, { applicationId, webhookId, offset }: KeyOwner & { offset: number }) =>
    ofWebhook(queries, { applicationId, webhookId })
      .select('at')
      .where('type', '=', sql.lit('secret.rotated'))
      .orderBy('sequence', 'desc')
      .limit(sql.lit(1))
      .offset(cast(offset, 'integer')),
)

/** Where a walk over every chain stands. */
export type EventPlace = KeyOwner & Pick<AuditEvent, 'sequence'>

/** The events of every chain after a place, chain by chain, oldest first. */
export async function listAllEvents(
  queries: Queries,
  after: EventPlace | null,
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

function toEvent(row: Selectable<EventRow>): AuditEvent {
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
    previousChange: row.previous_change,
    liveKeys: row.live_keys === null ? null : readLiveKeys(row.live_keys),
  }
}
