import { sql, type Kysely } from 'kysely'
import type { SchemeChoice } from '../../domain/schemes/schemes.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import { prepared } from '../prepared-query.ts'
import type { Database, WebhookRow } from '../schema.ts'
import { isLiveAt, never } from './signing-key-rows.ts'
import type { Queries } from '../store.ts'

/**
 * A webhook with its number of live keys, and its current key's ID, fingerprint and creation time, which are null if
 * the webhook has no current key.
 */
export interface WebhookWithKeys extends WebhookRow {
  current_id: string | null
  current_fingerprint: string | null
  current_created_at: number | null
  /** The encryption key that sealed the current secret; null if that secret was erased. */
  current_sealed_by: string | null
  live_keys: number
  /** When the last previous key expires; null without an overlap. */
  overlap_ends_at: number | null
}

function selectWebhooks(queries: Kysely<Database>, now: number) {
  return queries
    .selectFrom('webhooks')
    .leftJoin('signing_keys as current', (join) =>
      join
        .onRef('current.application_id', '=', 'webhooks.application_id')
        .onRef('current.webhook_id', '=', 'webhooks.id')
        .on(sql<number>`coalesce(current.revoked_at, current.expires_at, ${never})`, '=', never),
    )
    .selectAll('webhooks')
    .select([
      'current.id as current_id',
      'current.fingerprint as current_fingerprint',
      'current.created_at as current_created_at',
      'current.sealed_by as current_sealed_by',
    ])
    .select((eb) => {
      const live = eb
        .selectFrom('signing_keys')
        .whereRef('signing_keys.application_id', '=', 'webhooks.application_id')
        .whereRef('signing_keys.webhook_id', '=', 'webhooks.id')
        .where(isLiveAt(now))
      return [
        live
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .$asScalar()
          .$notNull()
          .as('live_keys'),
        live.select(({ fn }) => fn.max<number | null>('expires_at').as('end')).as('overlap_ends_at'),
      ]
    })
}

export interface ListWebhooks {
  applicationId: string
  /** Lists only webhooks with IDs after this ID; null starts at the first ID. */
  after: string | null
  limit: number
  /** Keys that are live at this time are counted. Milliseconds since 1970. */
  now: number
}

export async function listWebhooks(
  queries: Queries,
  { applicationId, after, limit, now }: ListWebhooks,
): Promise<WebhookWithKeys[]> {
  let query = selectWebhooks(queries, now)
    .where('webhooks.application_id', '=', applicationId)
    .orderBy('webhooks.id')
    .limit(limit)
  if (after !== null) query = query.where('webhooks.id', '>', after)
  return query.execute()
}

/** Reads the webhooks with these IDs, in any order. Omits webhooks that were deleted in the meantime. */
export async function readWebhooks(
  queries: Queries,
  { applicationId, ids, now }: { applicationId: string; ids: readonly string[]; now: number },
): Promise<WebhookWithKeys[]> {
  if (ids.length === 0) return []
  return selectWebhooks(queries, now)
    .where('webhooks.application_id', '=', applicationId)
    .where('webhooks.id', 'in', ids)
    .execute()
}

export async function findWebhook(
  queries: Queries,
  { applicationId, webhookId }: KeyOwner,
  now: number,
): Promise<WebhookWithKeys | undefined> {
  return selectWebhooks(queries, now)
    .where('webhooks.application_id', '=', applicationId)
    .where('webhooks.id', '=', webhookId)
    .executeTakeFirst()
}

export async function webhookExists(queries: Queries, owner: KeyOwner): Promise<boolean> {
  const rows = await selectWebhookId(queries, owner)
  return rows.length > 0
}

const selectWebhookId = prepared((queries, { applicationId, webhookId }: KeyOwner) =>
  queries
    .selectFrom('webhooks')
    .select('id')
    .where('application_id', '=', applicationId)
    .where('id', '=', webhookId),
)

/** A webhook's scheme, and when the webhook was last updated, in milliseconds since 1970. */
export interface StoredScheme extends SchemeChoice {
  updatedAt: number
}

/** Finds the webhook's scheme; undefined if the webhook does not exist. */
export async function findScheme(queries: Queries, owner: KeyOwner): Promise<StoredScheme | undefined> {
  const [row] = await selectScheme(queries, owner)
  return row && { ...toSchemeChoice(row), updatedAt: row.updated_at }
}

const selectScheme = prepared((queries, { applicationId, webhookId }: KeyOwner) =>
  queries
    .selectFrom('webhooks')
    .select(['signature_scheme', 'signature_header', 'updated_at'])
    .where('application_id', '=', applicationId)
    .where('id', '=', webhookId),
)

export type SchemeColumns = Pick<WebhookRow, 'signature_scheme' | 'signature_header'>

/** Reads a webhook's scheme from its row. */
export function toSchemeChoice({
  signature_scheme: name,
  signature_header: header,
}: SchemeColumns): SchemeChoice {
  return { name, header }
}

export async function insertWebhook(queries: Queries, row: WebhookRow): Promise<void> {
  await queries.insertInto('webhooks').values(row).execute()
}

export async function updateWebhook(
  queries: Queries,
  { applicationId, webhookId }: KeyOwner,
  change: Pick<WebhookRow, 'url' | 'description' | 'signature_scheme' | 'signature_header' | 'updated_at'>,
): Promise<void> {
  await queries
    .updateTable('webhooks')
    .set(change)
    .where('application_id', '=', applicationId)
    .where('id', '=', webhookId)
    .execute()
}

/**
 * Deletes a webhook with its keys.
 * @returns whether the webhook existed
 */
export async function deleteWebhook(
  queries: Queries,
  { applicationId, webhookId }: KeyOwner,
): Promise<boolean> {
  const { numDeletedRows } = await queries
    .deleteFrom('webhooks')
    .where('application_id', '=', applicationId)
    .where('id', '=', webhookId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
