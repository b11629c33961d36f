import { sql } from 'kysely'
import type { SchemeChoice, SchemeName } from '../../domain/schemes/schemes.ts'
import type { KeyOwner, SigningKey } from '../../domain/signing-key.ts'
import { cast, prepared } from '../prepared-query.ts'
import type { Queries } from '../store.ts'
import { toSchemeChoice, type SchemeColumns } from './webhooks.ts'
import {
  columns,
  keyEnd,
  newestFirst,
  selectKeys,
  whereUnended,
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

/** A key with its sealed secret and its webhook's scheme, all read at once. */
export interface SealedKeyInScheme extends SealedKey {
  scheme: SchemeChoice
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
): Promise<SealedKeyInScheme[]> {
  const rows = await selectLastKeysEndingAfter(queries, { ...owner, since, limit })
  return newestFirst(rows).flatMap(inScheme)
}

/**
 * Lists the live keys of a webhook with the scheme `ed25519`, newest first. Lists none if the webhook does not exist or
 * has another scheme, and takes as long.
 */
export async function listLivePrivateKeys(
  queries: Queries,
  owner: KeyOwner,
  now: number,
): Promise<SealedKey[]> {
  const rows = await selectLivePrivateKeys(queries, { ...owner, now })
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

const selectLivePrivateKeys = prepared(
  (queries, { applicationId, webhookId, now }: KeyOwner & { now: number }) =>
    whereUnended(
      selectKeysInScheme(queries, { applicationId, webhookId }).where(
        'signature_scheme',
        '=',
        sql.lit<SchemeName>('ed25519'),
      ),
      now,
    ),
)

const selectLastKeysEndingAfter = prepared(
  (queries, { applicationId, webhookId, since, limit }: KeyOwner & { since: number; limit: number }) =>
    selectKeysInScheme(queries, { applicationId, webhookId })
      .where(keyEnd, '>', since)
      .orderBy(keyEnd, 'desc')
      .orderBy(placeAmongEqual, 'desc')
      .limit(cast(limit, 'integer')),
)

type KeyRowInScheme = KeyRow & SchemeColumns

function selectKeysInScheme(queries: Queries, owner: KeyOwner) {
  return selectKeys(queries, owner)
    .innerJoin('webhooks', (join) =>
      join
        .onRef('webhooks.application_id', '=', 'signing_keys.application_id')
        .onRef('webhooks.id', '=', 'signing_keys.webhook_id'),
    )
    .select(['signature_scheme', 'signature_header'])
}

function inScheme(row: KeyRowInScheme): SealedKeyInScheme[] {
  return toSealedKey(row).map((found) => ({ ...found, scheme: toSchemeChoice(row) }))
}

export function toSealedKey(row: KeyRow): SealedKey[] {
  return row.sealed_secret === null ? [] : [{ key: toKey(row), sealed: row.sealed_secret }]
}
