import { sql } from 'kysely'
import type { SigningKey } from '../../domain/signing-key.ts'
import { columns, keyEnd } from './signing-key-rows.ts'
import type { Queries } from '../store.ts'
import { toSealedKey, type SealedKey, type SealedSecret } from './sealed-keys.ts'

/**
 * Lists keys whose secret was sealed by an encryption key other than `kid`, each with the `kid` that sealed it. Starts
 * after the key ID `after`.
 */
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

/** Counts keys whose secret was sealed by an encryption key other than `kid`. */
export async function countKeysNotSealedBy(queries: Queries, kid: string): Promise<number> {
  const { count } = await queries
    .selectFrom('signing_keys')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('sealed_by', '!=', kid)
    .executeTakeFirstOrThrow()
  return count
}

/**
 * Replaces a sealed secret and its hash, unless it was erased or replaced in the meantime.
 * @returns whether the secret was replaced
 */
export async function resealKey(
  queries: Queries,
  { key, sealed }: SealedKey,
  replacement: SealedSecret & Pick<SigningKey, 'sha256'>,
): Promise<boolean> {
  const { numUpdatedRows } = await queries
    .updateTable('signing_keys')
    .set({
      sealed_secret: replacement.sealed,
      sealed_by: replacement.sealedBy,
      sha256: replacement.sha256,
    })
    .where('id', '=', key.id)
    .where('sealed_secret', '=', sealed)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Replaces the HMAC of an erased guessable secret. */
export const erasedHash = '0'.repeat(64)

/**
 * Erases the secrets of up to `limit` keys that expired or were revoked at or before `endedBefore`.
 * @returns the number of erased secrets
 */
export async function eraseSecrets(queries: Queries, endedBefore: number, limit: number): Promise<number> {
  const { numUpdatedRows } = await queries
    .updateTable('signing_keys')
    .set({
      sealed_secret: null,
      sealed_by: null,
      sha256: sql<string>`case guessable when 1 then ${sql.lit(erasedHash)} else sha256 end`,
    })
    .where('id', 'in', () => selectKeysToErase(queries, endedBefore).limit(limit))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Whether `eraseSecrets` would erase a secret. */
export async function isErasureDue(queries: Queries, endedBefore: number): Promise<boolean> {
  const rows = await selectKeysToErase(queries, endedBefore).limit(1).execute()
  return rows.length > 0
}

/**
 * Selects the keys whose secrets are due for erasure. The conditions must match the index `signing_keys_to_erase`, so
 * that the database can use it.
 */
function selectKeysToErase(queries: Queries, endedBefore: number) {
  return queries
    .selectFrom('signing_keys')
    .select('id')
    .where(keyEnd, '<=', endedBefore)
    .where('expires_at', 'is not', null)
    .where('sealed_secret', 'is not', null)
}

/**
 * Lists the `kid` of every encryption key that sealed a stored secret. Asks for one after the other, because reading
 * every entry of the index would take long.
 */
export async function listSealingKids(queries: Queries): Promise<string[]> {
  const kids: string[] = []
  for (;;) {
    const last = kids.at(-1) ?? ''
    const row = await queries
      .selectFrom('signing_keys')
      .select('sealed_by')
      .where('sealed_by', '>', last)
      .orderBy('sealed_by')
      .limit(1)
      .$narrowType<{ sealed_by: string }>()
      .executeTakeFirst()
    if (!row) return kids
    kids.push(row.sealed_by)
  }
}
