import { sql } from 'kysely'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { cast, prepared } from '../prepared-query.ts'
import type { Queries } from '../store.ts'
import {
  columns,
  keyEnd,
  newestFirst,
  selectKeys,
  selectUnendedKeys,
  toKey,
  type KeyRow,
} from './signing-key-rows.ts'

/** A sealed secret, with the `kid` of the encryption key that sealed it. */
export interface SealedSecret {
  sealed: string
  sealedBy: string
}

/** A key with its sealed secret. */
export interface SealedKey {
  key: SigningKey
  sealed: string
}

/** Lists the keys that are live at `now`, newest first. */
export async function listLiveSealedKeys(
  queries: Queries,
  owner: KeyOwner,
  now: number,
): Promise<SealedKey[]> {
  const rows = await selectUnendedKeys(queries, { ...owner, now })
  return newestFirst(rows).flatMap(toSealedKey)
}

/**
 * Lists the live keys and the keys that expired or were revoked after `since`, newest first. Omits keys whose secret is
 * erased. If there are more than `limit` keys, returns the keys that stop signing last.
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

/** Finds a key by ID, unless it was deleted or its secret was erased. */
export async function findSealedKey(queries: Queries, id: string): Promise<SealedKey | undefined> {
  const rows = await queries.selectFrom('signing_keys').select(columns).where('id', '=', id).execute()
  return rows.flatMap(toSealedKey)[0]
}

/**
 * Orders keys that stop signing at the same time. Must match the index `signing_keys_end`, so that the database does
 * not need to sort.
 */
const placeAmongEqual = sql<number>`case when expires_at is null then 0 else generation end`

const selectLastKeysEndingAfter = prepared(
  (queries, { applicationId, webhookId, since, limit }: KeyOwner & { since: number; limit: number }) =>
    selectKeys(queries, { applicationId, webhookId })
      .where(keyEnd, '>', since)
      .orderBy(keyEnd, 'desc')
      .orderBy(placeAmongEqual, 'desc')
      .limit(cast(limit, 'integer')),
)

export function toSealedKey(row: KeyRow): SealedKey[] {
  return row.sealed_secret === null ? [] : [{ key: toKey(row), sealed: row.sealed_secret }]
}
