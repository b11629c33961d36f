import { sql } from 'kysely'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { cast, prepared } from '../prepared-query.ts'
import type { Queries } from '../store.ts'
import type { SealedSecret } from './sealed-keys.ts'
import { keyEnd, newestFirst, selectKeys, selectUnendedKeys, toKey } from './signing-key-rows.ts'

/** Whether the webhook has ever had a key whose secret has this SHA-256. */
export async function wasSecretUsed(queries: Queries, owner: KeyOwner, sha256: string): Promise<boolean> {
  const rows = await selectKeyBySha256(queries, { ...owner, sha256 })
  return rows.length > 0
}

const selectKeyBySha256 = prepared(
  (queries, { applicationId, webhookId, sha256 }: KeyOwner & { sha256: string }) =>
    selectKeys(queries, { applicationId, webhookId })
      .where('sha256', '=', cast(sha256, 'text'))
      .limit(sql.lit(1)),
)

/** Whether a key with this ID exists, even if its secret was erased. */
export async function keyExists(queries: Queries, id: string): Promise<boolean> {
  const rows = await queries.selectFrom('signing_keys').select('id').where('id', '=', id).execute()
  return rows.length > 0
}

/** Lists the keys that have not ended at `now`, newest first. They are live unless their secret was erased. */
export async function listUnendedKeys(queries: Queries, owner: KeyOwner, now: number): Promise<SigningKey[]> {
  const rows = await selectUnendedKeys(queries, { ...owner, now })
  return newestFirst(rows).map(toKey)
}

/**
 * Lists all keys that have not ended at `now`, and the most recent keys (as many as `newest`), newest first. A single
 * query reads them, because a rotation between two queries could put a key in both results.
 */
export async function listUnendedAndNewestKeys(
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

/**
 * Returns when the webhook's key with this generation was created, in milliseconds since 1970.
 * @returns undefined if no such key exists
 */
export async function findCreationTime(
  queries: Queries,
  owner: KeyOwner,
  generation: number,
): Promise<number | undefined> {
  const row = await selectKeys(queries, owner).where('generation', '=', generation).executeTakeFirst()
  return row?.created_at
}

export async function insertKey(queries: Queries, key: SigningKey, sealed: SealedSecret): Promise<void> {
  await insertSealedKey(queries, { ...key, ...sealed, guessable: key.guessable ? 1 : 0 })
}

const insertSealedKey = prepared(
  (queries, key: Omit<SigningKey, 'guessable'> & SealedSecret & { guessable: number }) =>
    queries.insertInto('signing_keys').values({
      id: key.id,
      application_id: key.applicationId,
      webhook_id: key.webhookId,
      generation: key.generation,
      fingerprint: key.fingerprint,
      sha256: key.sha256,
      guessable: key.guessable,
      sealed_secret: key.sealed,
      sealed_by: key.sealedBy,
      created_at: key.createdAt,
      created_by: key.createdBy,
      reason: key.reason,
      expires_at: key.expiresAt,
      revoked_at: key.revokedAt,
    }),
)

/** Stores when a key expires or was revoked. */
export const updateKeyEnd = prepared(
  (queries, { applicationId, webhookId, generation, expiresAt, revokedAt }: SigningKey) =>
    queries
      .updateTable('signing_keys')
      .set({ expires_at: expiresAt, revoked_at: revokedAt })
      .where('application_id', '=', applicationId)
      .where('webhook_id', '=', webhookId)
      .where('generation', '=', generation),
)

/** Records that a probe proved that the receiver uses this key, unless an earlier probe did. */
export async function markProven(queries: Queries, id: string, at: number): Promise<void> {
  await queries
    .updateTable('signing_keys')
    .set({ proven_at: at })
    .where('id', '=', id)
    .where('proven_at', 'is', null)
    .execute()
}
