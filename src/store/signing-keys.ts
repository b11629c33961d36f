import { sql, type Selectable } from 'kysely'
import type { KeyOwner, SigningKey } from '../domain/signing-key.ts'
import type { SigningKeyRow } from './schema.ts'
import type { Queries } from './store.ts'

/** A secret as it is stored, with the `kid` of the encryption key that sealed it. */
export interface SealedSecret {
  sealed: string
  sealedBy: string
}

/** When a key stops to sign, the current one never; as the index `signing_keys_end` has it. */
export const keyEnd = sql<number>`coalesce(revoked_at, expires_at, 9007199254740991)`

/** Every key that signs at `now`, newest first. */
export async function listLiveKeys(queries: Queries, owner: KeyOwner, now: number): Promise<SigningKey[]> {
  const rows = await selectKeys(queries, owner).where(keyEnd, '>', now).execute()
  return rows.map(toKey).sort((a, b) => b.generation - a.generation)
}

/** The newest keys that no longer sign at `now`, newest first. */
export async function listEndedKeys(
  queries: Queries,
  owner: KeyOwner,
  now: number,
  limit: number,
): Promise<SigningKey[]> {
  const rows = await selectKeys(queries, owner)
    .where(keyEnd, '<=', now)
    .orderBy('generation', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toKey)
}

function selectKeys(queries: Queries, { applicationId, webhookId }: KeyOwner) {
  return queries
    .selectFrom('signing_keys')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('webhook_id', '=', webhookId)
}

export async function insertKey(
  queries: Queries,
  key: SigningKey,
  { sealed, sealedBy }: SealedSecret,
): Promise<void> {
  await queries
    .insertInto('signing_keys')
    .values({
      id: key.id,
      application_id: key.applicationId,
      webhook_id: key.webhookId,
      generation: key.generation,
      fingerprint: key.fingerprint,
      sha256: key.sha256,
      sealed_secret: sealed,
      sealed_by: sealedBy,
      created_at: key.createdAt,
      created_by: key.createdBy,
      reason: key.reason,
      expires_at: key.expiresAt,
      revoked_at: key.revokedAt,
    })
    .execute()
}

/** Sets when a key stops to sign. */
export async function endKey(queries: Queries, { id, expiresAt, revokedAt }: SigningKey): Promise<void> {
  await queries
    .updateTable('signing_keys')
    .set({ expires_at: expiresAt, revoked_at: revokedAt })
    .where('id', '=', id)
    .execute()
}

/** The `kid` of every encryption key that a stored secret needs. */
export async function listSealingKids(queries: Queries): Promise<string[]> {
  const rows = await queries.selectFrom('signing_keys').select('sealed_by').distinct().execute()
  return rows.map((row) => row.sealed_by)
}

function toKey(row: Selectable<SigningKeyRow>): SigningKey {
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
