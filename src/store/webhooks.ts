import type { KeyOwner, KnownKey } from '../domain/signing-key.ts'
import { ofLastEvent, readLiveKeys } from './events.ts'
import { prepared } from './prepared.ts'
import type { WebhookRow } from './schema.ts'
import { deleteKeys } from './signing-keys.ts'
import type { Queries } from './store.ts'

/** A webhook, with what its last event tells of its keys: those that are not revoked, oldest first. */
export interface WebhookWithKeys extends WebhookRow {
  keys: KnownKey[]
}

function selectWebhooks(queries: Queries) {
  return queries
    .selectFrom('webhooks')
    .selectAll()
    .select((row) => ofLastEvent(row, 'live_keys'))
}

function toWebhook({ live_keys, ...row }: WebhookRow & { live_keys: string | null }): WebhookWithKeys {
  return { ...row, keys: live_keys === null ? [] : readLiveKeys(live_keys) }
}

export interface ListWebhooks {
  applicationId: string
  /** Only ids after this one. */
  after: string | null
  limit: number
}

export async function listWebhooks(
  queries: Queries,
  { applicationId, after, limit }: ListWebhooks,
): Promise<WebhookWithKeys[]> {
  let query = selectWebhooks(queries)
    .where('webhooks.application_id', '=', applicationId)
    .orderBy('webhooks.id')
    .limit(limit)
  if (after !== null) query = query.where('webhooks.id', '>', after)
  return (await query.execute()).map(toWebhook)
}

export async function findWebhook(
  queries: Queries,
  { applicationId, webhookId }: KeyOwner,
): Promise<WebhookWithKeys | undefined> {
  const row = await selectWebhooks(queries)
    .where('webhooks.application_id', '=', applicationId)
    .where('webhooks.id', '=', webhookId)
    .executeTakeFirst()
  return row && toWebhook(row)
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

export async function insertWebhook(queries: Queries, row: WebhookRow): Promise<void> {
  await queries.insertInto('webhooks').values(row).execute()
}

export async function updateWebhook(
  queries: Queries,
  { applicationId, webhookId }: KeyOwner,
  change: Pick<WebhookRow, 'url' | 'description' | 'updated_at'>,
): Promise<void> {
  await queries
    .updateTable('webhooks')
    .set(change)
    .where('application_id', '=', applicationId)
    .where('id', '=', webhookId)
    .execute()
}

/** Its keys go with it. Returns whether it was there. */
export async function deleteWebhook(
  queries: Queries,
  { applicationId, webhookId }: KeyOwner,
): Promise<boolean> {
  await deleteKeys(queries, { applicationId, webhookId })
  const { numDeletedRows } = await queries
    .deleteFrom('webhooks')
    .where('application_id', '=', applicationId)
    .where('id', '=', webhookId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
