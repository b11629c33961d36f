import { sql } from 'kysely'
import type { SchemeChoice } from '../../domain/schemes/schemes.ts'
import type { SigningKey } from '../../domain/signing-key.ts'
import type { Queries } from '../store.ts'
import { columns, never, toKey } from './signing-key-rows.ts'
import { toSchemeChoice } from './webhooks.ts'

/** A key with what decides whether it signs. */
export interface ListedKey {
  key: SigningKey
  scheme: SchemeChoice
  /** The generation of the webhook's oldest live key; null if no key is live. */
  oldestLive: number | null
  /** Whether a probe has proven the receiver for the webhook's current key. */
  receiverProven: boolean
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
        .where(sql<number>`coalesce(live.revoked_at, live.expires_at, ${never})`, '>', now)
        .where('live.revoked_at', 'is', null)
        .where('live.sealed_secret', 'is not', null)
        .select(({ fn }) => fn.min<number | null>('live.generation').as('generation'))
        .as('oldest_live'),
    )
    .select((row) =>
      row
        .selectFrom('signing_keys as current')
        .whereRef('current.application_id', '=', 'signing_keys.application_id')
        .whereRef('current.webhook_id', '=', 'signing_keys.webhook_id')
        .where(sql<number>`coalesce(current.revoked_at, current.expires_at, ${never})`, '=', never)
        .select('current.proven_at')
        .as('current_proven_at'),
    )
    .where('signing_keys.id', 'in', ids)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      {
        key: toKey(row),
        scheme: toSchemeChoice(row),
        oldestLive: row.oldest_live,
        receiverProven: row.current_proven_at !== null,
      },
    ]),
  )
}
