import { sql } from 'kysely'
import type { SchemeChoice } from '../../domain/schemes/schemes.ts'
import type { SigningKey } from '../../domain/signing-key.ts'
import type { Queries } from '../store.ts'
import { columns, toKey } from './signing-key-rows.ts'
import { toSchemeChoice } from './webhooks.ts'

/** A key with what decides whether it signs. */
export interface ListedKey {
  key: SigningKey
  scheme: SchemeChoice
  /** The generation of the webhook's oldest live key; null if no key is live. */
  oldestLive: number | null
}

/** Reads the keys with these IDs. Omits keys that were deleted in the meantime. */
export async function readListedKeys(
  queries: Queries,
  ids: readonly string[],
  now: number,
): Promise<Map<string, ListedKey>> {
  if (ids.length === 0) return new Map()
  const rows = await queries
    .selectFrom('signing_keys')
    .innerJoin('webhooks', (join) =>
      join
        .onRef('webhooks.application_id', '=', 'signing_keys.application_id')
        .onRef('webhooks.id', '=', 'signing_keys.webhook_id'),
    )
    .select(columns)
    .select(['signature_scheme', 'signature_header'])
    .select((row) =>
      row
        .selectFrom('signing_keys as live')
        .whereRef('live.application_id', '=', 'signing_keys.application_id')
        .whereRef('live.webhook_id', '=', 'signing_keys.webhook_id')
        .where(sql<number>`coalesce(live.revoked_at, live.expires_at, 9007199254740991)`, '>', now)
        .where('live.revoked_at', 'is', null)
        .where('live.sealed_secret', 'is not', null)
        .select(({ fn }) => fn.min<number | null>('live.generation').as('generation'))
        .as('oldest_live'),
    )
    .where('signing_keys.id', 'in', ids)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      { key: toKey(row), scheme: toSchemeChoice(row), oldestLive: row.oldest_live },
    ]),
  )
}
