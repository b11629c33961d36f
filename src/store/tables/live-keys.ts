import { sql } from 'kysely'
import type { SchemeChoice } from '../../domain/schemes/schemes.ts'
import { cast, prepared } from '../prepared-query.ts'
import type { Queries } from '../store.ts'
import { never } from './signing-key-rows.ts'

/** The columns of a key that signing needs. */
export interface LiveKey {
  id: string
  generation: number
  fingerprint: string
  /** When the key's overlap ends; null for the current key. */
  expiresAt: number | null
  /** The sealed secret; null if it was erased early. */
  sealed: string | null
}

/** A webhook's scheme and its keys that have not expired or been revoked, newest first. */
export interface WebhookKeys {
  scheme: SchemeChoice
  keys: LiveKey[]
}

/** Maximum number of webhooks that `listLiveKeys` reads, few enough to read in less than a millisecond on SQLite. */
export const maxWebhooks = 64

interface Parameters {
  applicationId: string
  now: number
  [id: `id${number}`]: string
}

/**
 * Creates a query for a number of webhooks. It joins from the webhooks, so that it finds a webhook without keys, and
 * reads a webhook's scheme and keys at the same moment.
 */
function selectLiveKeys(count: number) {
  return prepared((queries, parameters: Parameters) => {
    const { applicationId, now } = parameters
    const ids = Array.from({ length: count }, (_, index) => parameters[`id${index}`] ?? '')
    return queries
      .selectFrom('webhooks')
      .leftJoin('signing_keys as key', (join) =>
        join
          .onRef('key.application_id', '=', 'webhooks.application_id')
          .onRef('key.webhook_id', '=', 'webhooks.id')
          .on(sql<number>`coalesce(key.revoked_at, key.expires_at, ${never})`, '>', now)
          // Exclude every revoked key: an instance whose clock is ahead may have set a `revoked_at` later than `now`.
          .on('key.revoked_at', 'is', null),
      )
      .where('webhooks.application_id', '=', cast(applicationId, 'text'))
      .where('webhooks.id', 'in', ids)
      .select([
        'webhooks.id as webhook_id',
        'webhooks.signature_scheme',
        'webhooks.signature_header',
        'key.id',
        'key.generation',
        'key.fingerprint',
        'key.expires_at',
        'key.sealed_secret',
      ])
  })
}

/** A query is prepared for each of these counts; a call uses the next larger one and repeats its last ID. */
const queriesByCount = [1, 8, maxWebhooks].map((count) => ({ count, select: selectLiveKeys(count) }))

/**
 * Reads the scheme and the live keys of up to `maxWebhooks` webhooks in one query.
 * @returns the webhooks that exist, by ID
 */
export async function listLiveKeys(
  queries: Queries,
  applicationId: string,
  webhookIds: readonly string[],
  now: number,
): Promise<Map<string, WebhookKeys>> {
  const query = queriesByCount.find(({ count }) => count >= webhookIds.length)
  if (!query) throw new RangeError(`cannot read the keys of ${webhookIds.length} webhooks at once`)
  const parameters: Parameters = { applicationId, now }
  for (let index = 0; index < query.count; index++)
    parameters[`id${index}`] = webhookIds[Math.min(index, webhookIds.length - 1)] ?? ''
  const found = new Map<string, WebhookKeys>()
  for (const row of await query.select(queries, parameters)) {
    const { signature_scheme: name, signature_header: header } = row
    let webhook = found.get(row.webhook_id)
    if (!webhook) found.set(row.webhook_id, (webhook = { scheme: { name, header }, keys: [] }))
    const { id, generation, fingerprint, expires_at: expiresAt, sealed_secret: sealed } = row
    if (id !== null && generation !== null && fingerprint !== null)
      webhook.keys.push({ id, generation, fingerprint, expiresAt, sealed })
  }
  for (const { keys } of found.values()) keys.sort((a, b) => b.generation - a.generation)
  return found
}
