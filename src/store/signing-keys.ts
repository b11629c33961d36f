import type { Selectable } from 'kysely'
import type { AuditEvent, EventKey } from '../domain/audit.ts'
import type { IssuedKey, KeyOwner } from '../domain/signing-key.ts'
import { jsonMember } from './json-member.ts'
import { prepared } from './prepared.ts'
import type { SigningKeyRow } from './schema.ts'
import type { Queries } from './store.ts'

/** A secret as it is stored, with the `kid` of the encryption key that sealed it. */
export interface SealedSecret {
  sealed: string
  sealedBy: string
}

/**
 * Named one by one: PostgreSQL would refuse to run what it has prepared from `*`, once a newer version adds a
 * column while this one still runs.
 */
const columns = [
  'id',
  'application_id',
  'webhook_id',
  'sequence',
  'fingerprint',
  'sha256',
  'sealed_secret',
  'created_at',
  'created_by',
  'reason',
] as const

type KeyRow = Pick<Selectable<SigningKeyRow>, (typeof columns)[number]>

export const insertKey = prepared((queries, key: IssuedKey & SealedSecret) =>
  queries.insertInto('signing_keys').values({
    id: key.id,
    application_id: key.applicationId,
    webhook_id: key.webhookId,
    sequence: key.sequence,
    fingerprint: key.fingerprint,
    sha256: key.sha256,
    sealed_secret: key.sealed,
    sealed_by: key.sealedBy,
    created_at: key.createdAt,
    created_by: key.createdBy,
    reason: key.reason,
  }),
)

/** Keys with these ids as they were issued, of one webhook newest first. */
export async function listKeys(queries: Queries, ids: readonly string[]): Promise<IssuedKey[]> {
  if (ids.length === 0) return []
  const rows = await queries
    .selectFrom('signing_keys')
    .select(columns)
    .where('id', 'in', ids)
    .orderBy('sequence', 'desc')
    .execute()
  return rows.map(toKey)
}

/** Whether the webhook has or had a key with this SHA-256. */
export async function hadKey(queries: Queries, owner: KeyOwner, sha256: string): Promise<boolean> {
  const row = await queries
    .selectFrom('signing_keys')
    .select('id')
    .where('sha256', '=', sha256)
    .where('id', 'in', issuedIds(queries, owner))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Deletes the keys of a webhook, or of every webhook of an application. */
export async function deleteKeys(
  queries: Queries,
  owner: Pick<KeyOwner, 'applicationId'> & Partial<KeyOwner>,
): Promise<void> {
  await queries.deleteFrom('signing_keys').where('id', 'in', issuedIds(queries, owner)).execute()
}

/** The ids of the keys that a webhook has had, as its events tell; no index of the keys does. */
function issuedIds(
  queries: Queries,
  { applicationId, webhookId }: Pick<KeyOwner, 'applicationId'> & Partial<KeyOwner>,
) {
  const query = queries
    .selectFrom('events')
    .select(jsonMember(queries, 'key', 'id').as('id'))
    .where('application_id', '=', applicationId)
    .where('type', '=', 'secret.rotated')
  return webhookId === undefined ? query : query.where('webhook_id', '=', webhookId)
}

/** A key with its secret, as it is stored. */
export interface SealedKey {
  key: IssuedKey
  sealed: string
}

/** A key by its id, unless it is gone or its secret is erased. */
export async function findSealedKey(queries: Queries, id: string): Promise<SealedKey | undefined> {
  const rows = await selectKey(queries, { id })
  return rows.flatMap(toSealedKey)[0]
}

const selectKey = prepared((queries, { id }: { id: string }) =>
  queries.selectFrom('signing_keys').select(columns).where('id', '=', id),
)

/** A key beside the event that should have issued it. */
export interface AuditedKey extends IssuedKey {
  /** What has its place in the trail of its webhook. */
  event: Pick<AuditEvent, 'type' | 'at' | 'actor' | 'reason' | 'key'> | null
}

/** Keys by id after `after`. */
export async function listAuditedKeys(queries: Queries, after: string, limit: number): Promise<AuditedKey[]> {
  const rows = await queries
    .selectFrom('signing_keys')
    .leftJoin('events', (join) =>
      join
        .onRef('events.application_id', '=', 'signing_keys.application_id')
        .onRef('events.webhook_id', '=', 'signing_keys.webhook_id')
        .onRef('events.sequence', '=', 'signing_keys.sequence'),
    )
    .select(columns.map((column) => `signing_keys.${column}` as const))
    .select(['events.type', 'events.at', 'events.actor', 'events.key'])
    .select('events.reason as event_reason')
    .where('signing_keys.id', '>', after)
    .orderBy('signing_keys.id')
    .limit(limit)
    .execute()
  return rows.map(({ type, at, actor, key, event_reason, ...row }) => ({
    ...toKey(row),
    event:
      type === null || at === null
        ? null
        : { type, at, actor, reason: event_reason, key: key === null ? null : (JSON.parse(key) as EventKey) },
  }))
}

/** Keys, by id after `after`, whose secret is sealed by another encryption key than `kid`, and by which. */
export async function listKeysNotSealedBy(
  queries: Queries,
  kid: string,
  after: string,
  limit: number,
): Promise<(SealedKey & Pick<SealedSecret, 'sealedBy'>)[]> {
  const rows = await queries
    .selectFrom('signing_keys')
    .select(columns)
    .select('sealed_by')
    .where('sealed_by', '!=', kid)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .$narrowType<{ sealed_by: string }>()
    .execute()
  return rows.flatMap((row) => toSealedKey(row).map((found) => ({ ...found, sealedBy: row.sealed_by })))
}

/** How many keys have a secret that is sealed by another encryption key than `kid`. */
export async function countKeysNotSealedBy(queries: Queries, kid: string): Promise<number> {
  const { count } = await queries
    .selectFrom('signing_keys')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('sealed_by', '!=', kid)
    .executeTakeFirstOrThrow()
  return count
}

/** Replaces a sealed secret, unless it was erased or replaced meanwhile. Returns whether it was replaced. */
export async function resealKey(
  queries: Queries,
  { key, sealed }: SealedKey,
  replacement: SealedSecret,
): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable('signing_keys')
    .set({ sealed_secret: replacement.sealed, sealed_by: replacement.sealedBy })
    .where('id', '=', key.id)
    .where('sealed_secret', '=', sealed)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The `kid` of every encryption key that a stored secret needs. */
export async function listSealingKids(queries: Queries): Promise<string[]> {
  const rows = await queries
    .selectFrom('signing_keys')
    .select('sealed_by')
    .where('sealed_by', 'is not', null)
    .distinct()
    .$narrowType<{ sealed_by: string }>()
    .execute()
  return rows.map((row) => row.sealed_by)
}

function toKey(row: KeyRow): IssuedKey {
  return {
    id: row.id,
    applicationId: row.application_id,
    webhookId: row.webhook_id,
    sequence: row.sequence,
    fingerprint: row.fingerprint,
    sha256: row.sha256,
    createdAt: row.created_at,
    createdBy: row.created_by,
    reason: row.reason,
  }
}

function toSealedKey(row: KeyRow): SealedKey[] {
  return row.sealed_secret === null ? [] : [{ key: toKey(row), sealed: row.sealed_secret }]
}
