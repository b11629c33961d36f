import { sql, type Selectable } from 'kysely'
import type { KeyOwner, SigningKey } from '../domain/signing-key.ts'
import { cast, prepared } from './prepared.ts'
import type { SigningKeyRow } from './schema.ts'
import type { Queries } from './store.ts'

/** A secret as it is stored, with the `kid` of the encryption key that sealed it. */
export interface SealedSecret {
  sealed: string
  sealedBy: string
}

/** When the current key stops to sign; as the index `signing_keys_end` has it. */
export const never = sql.lit(Number.MAX_SAFE_INTEGER)
/** When a key stops to sign; as the index has it. */
export const keyEnd = sql<number>`coalesce(revoked_at, expires_at, ${never})`
/** Which of the keys that stop at the same time; as the index has it, so that nothing is left to sort. */
const placeAmongEqual = sql<number>`case when expires_at is null then 0 else generation end`

/**
 * Named one by one: PostgreSQL would refuse to run what it has prepared from `*`, once a newer version adds a
 * column while this one still runs.
 */
const columns = [
  'id',
  'application_id',
  'webhook_id',
  'generation',
  'fingerprint',
  'sha256',
  'sealed_secret',
  'created_at',
  'created_by',
  'reason',
  'expires_at',
  'revoked_at',
] as const

type KeyRow = Pick<Selectable<SigningKeyRow>, (typeof columns)[number]>

/** Whether the webhook has or had a key with this SHA-256. */
export async function hadKey(queries: Queries, owner: KeyOwner, sha256: string): Promise<boolean> {
  const row = await selectKeys(queries, owner).where('sha256', '=', sha256).limit(1).executeTakeFirst()
  return row !== undefined
}

/** Every key that signs at `now`, newest first. */
export async function listLiveKeys(queries: Queries, owner: KeyOwner, now: number): Promise<SigningKey[]> {
  const rows = await selectLiveKeys(queries, { ...owner, now })
  return newestFirst(rows).map(toKey)
}

/**
 * Every key that signs at `now`, and the `newest` last ones, newest first. They are read at once: between two reads a
 * rotation could end a key, which would be in both.
 */
export async function listLiveAndNewestKeys(
  queries: Queries,
  owner: KeyOwner,
  now: number,
  newest: number,
): Promise<SigningKey[]> {
  const rows = await selectKeys(queries, owner)
    .where((row) =>
      row.or([
        row(keyEnd, '>', now),
        row(
          'generation',
          '>',
          selectKeys(queries, owner)
            .clearSelect()
            .select(({ fn }) => sql<number>`${fn.max('generation')} - ${newest}`.as('before')),
        ),
      ]),
    )
    .execute()
  return newestFirst(rows).map(toKey)
}

/** When the webhook's key of this generation was made, unless there is none. */
export async function findCreationTime(
  queries: Queries,
  owner: KeyOwner,
  generation: number,
): Promise<number | undefined> {
  const row = await selectKeys(queries, owner).where('generation', '=', generation).executeTakeFirst()
  return row?.created_at
}

/** A key that was revoked by an instance whose clock is ahead ends after `now`, and yet does not sign. */
const selectLiveKeys = prepared((queries, { applicationId, webhookId, now }: KeyOwner & { now: number }) =>
  selectKeys(queries, { applicationId, webhookId }).where(keyEnd, '>', now).where('revoked_at', 'is', null),
)

const selectLastKeysEndingAfter = prepared(
  (queries, { applicationId, webhookId, since, limit }: KeyOwner & { since: number; limit: number }) =>
    selectKeys(queries, { applicationId, webhookId })
      .where(keyEnd, '>', since)
      .orderBy(keyEnd, 'desc')
      .orderBy(placeAmongEqual, 'desc')
      .limit(cast(limit, 'integer')),
)

function selectKeys(queries: Queries, { applicationId, webhookId }: KeyOwner) {
  return queries
    .selectFrom('signing_keys')
    .select(columns)
    .where('application_id', '=', cast(applicationId, 'text'))
    .where('webhook_id', '=', cast(webhookId, 'text'))
}

export async function insertKey(queries: Queries, key: SigningKey, sealed: SealedSecret): Promise<void> {
  await insertSealedKey(queries, { ...key, ...sealed })
}

const insertSealedKey = prepared((queries, key: SigningKey & SealedSecret) =>
  queries.insertInto('signing_keys').values({
    id: key.id,
    application_id: key.applicationId,
    webhook_id: key.webhookId,
    generation: key.generation,
    fingerprint: key.fingerprint,
    sha256: key.sha256,
    sealed_secret: key.sealed,
    sealed_by: key.sealedBy,
    created_at: key.createdAt,
    created_by: key.createdBy,
    reason: key.reason,
    expires_at: key.expiresAt,
    revoked_at: key.revokedAt,
  }),
)

/** Sets when a key stops to sign. */
export const endKey = prepared(
  (queries, { applicationId, webhookId, generation, expiresAt, revokedAt }: SigningKey) =>
    queries
      .updateTable('signing_keys')
      .set({ expires_at: expiresAt, revoked_at: revokedAt })
      .where('application_id', '=', applicationId)
      .where('webhook_id', '=', webhookId)
      .where('generation', '=', generation),
)

/** A key with its secret, as it is stored. */
export interface SealedKey {
  key: SigningKey
  sealed: string
}

/** Every key that signs at `now`, newest first. */
export async function listLiveSealedKeys(
  queries: Queries,
  owner: KeyOwner,
  now: number,
): Promise<SealedKey[]> {
  const rows = await selectLiveKeys(queries, { ...owner, now })
  return newestFirst(rows).flatMap(toSealedKey)
}

/**
 * The keys that sign or have ended after `since`, and whose secret is still there, newest first. Of more than
 * `limit` those that end last.
 */
export async function listSealedKeys(
  queries: Queries,
  owner: KeyOwner,
  since: number,
  limit: number,
): Promise<SealedKey[]> {
  const rows = await selectLastKeysEndingAfter(queries, { ...owner, since, limit })
  return newestFirst(rows).flatMap(toSealedKey)
}

/** A key by its id, unless it is gone or its secret is erased. */
export async function findSealedKey(queries: Queries, id: string): Promise<SealedKey | undefined> {
  const rows = await queries.selectFrom('signing_keys').select(columns).where('id', '=', id).execute()
  return rows.flatMap(toSealedKey)[0]
}

/** A key as an audit looks at it. */
export interface AuditedKey
  extends KeyOwner, Pick<SigningKey, 'id' | 'generation' | 'createdAt' | 'expiresAt' | 'revokedAt'> {
  /** Which event was the last of its webhook when the key was read; null if there was none. */
  lastSequence: number | null
}

/** The keys of every webhook after one, in the order of the audit trails, and for each webhook oldest first. */
export async function listAllKeys(
  queries: Queries,
  after: Pick<AuditedKey, 'applicationId' | 'webhookId' | 'generation'> | null,
  limit: number,
): Promise<AuditedKey[]> {
  let query = queries
    .selectFrom('signing_keys')
    .select([
      'application_id as applicationId',
      'webhook_id as webhookId',
      'generation',
      'id',
      'created_at as createdAt',
      'expires_at as expiresAt',
      'revoked_at as revokedAt',
    ])
    // In the same statement, so that it is of the same moment.
    .select((row) =>
      row
        .selectFrom('events')
        .select('sequence')
        .whereRef('events.application_id', '=', 'signing_keys.application_id')
        .whereRef('events.webhook_id', '=', 'signing_keys.webhook_id')
        .orderBy('sequence', 'desc')
        .limit(1)
        .as('lastSequence'),
    )
    .orderBy('application_id')
    .orderBy('webhook_id')
    .orderBy('generation')
    .limit(limit)
  if (after) {
    query = query.where((row) =>
      row(
        row.refTuple('application_id', 'webhook_id', 'generation'),
        '>',
        row.tuple(after.applicationId, after.webhookId, after.generation),
      ),
    )
  }
  return query.execute()
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

/** Erases the secrets of keys that ended before a time, `limit` at most. Returns how many. */
export async function eraseSecrets(queries: Queries, endedBefore: number, limit: number): Promise<number> {
  const { numUpdatedRows } = await queries
    .updateTable('signing_keys')
    .set({ sealed_secret: null, sealed_by: null })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('signing_keys')
        .select('id')
        .where(keyEnd, '<=', endedBefore)
        .where('expires_at', 'is not', null)
        .where('sealed_secret', 'is not', null)
        .limit(limit),
    )
    .executeTakeFirst()
  return Number(numUpdatedRows)
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

function newestFirst(rows: KeyRow[]): KeyRow[] {
  return rows.toSorted((a, b) => b.generation - a.generation)
}

function toKey(row: KeyRow): SigningKey {
  return {
    id: row.id,
    applicationId: row.application_id,
    webhookId: row.webhook_id,
    generation: row.generation,
    fingerprint: row.fingerprint,
    sha256: row.sha256,
    createdAt: row.created_at,
    createdBy: row.created_by,
    reason: row.reason,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}

function toSealedKey(row: KeyRow): SealedKey[] {
  return row.sealed_secret === null ? [] : [{ key: toKey(row), sealed: row.sealed_secret }]
}
