import type { KeyOwner } from '../../domain/signing-key.ts'
import { findApplication, listApplications } from '../../store/tables/applications.ts'
import { listWebhooks, type WebhookWithKeys } from '../../store/tables/webhooks.ts'
import type { CommandContext } from './command-context.ts'
import type { Selection } from './selection.ts'

const pageSize = 500

/** A webhook with its current key. */
export interface SelectedWebhook extends KeyOwner {
  keyFingerprint: string
  keyCreatedAt: string
  liveKeys: number
}

/** The result of a selection, ordered by application ID and webhook ID. */
export interface Selected {
  webhooks: SelectedWebhook[]
  /** Webhooks without a key: they have no secret, and `createdBefore` does not apply to them. */
  withoutSecret: KeyOwner[]
}

/**
 * Finds the selected webhooks.
 * @throws Error if a named application or webhook does not exist
 */
export async function selectWebhooks(
  workplace: CommandContext,
  { applications, webhooks: webhookIds, createdBefore }: Selection,
): Promise<Selected> {
  const selected: Selected = { webhooks: [], withoutSecret: [] }
  const before = createdBefore === null ? Infinity : Date.parse(createdBefore)
  for (const applicationId of await existing(workplace, applications)) {
    const webhooks = await allPages((after) =>
      workplace.store.read(
        (queries) =>
          listWebhooks(queries, { applicationId, after, limit: pageSize, now: workplace.store.now() }),
        workplace.deadline(),
      ),
    )
    for (const webhook of named(webhooks, applicationId, webhookIds)) {
      const owner = { applicationId, webhookId: webhook.id }
      const key = currentKey(webhook)
      if (!key) selected.withoutSecret.push(owner)
      else if (key.createdAt < before) {
        const keyCreatedAt = new Date(key.createdAt).toISOString()
        const keys = { keyFingerprint: key.fingerprint, keyCreatedAt, liveKeys: webhook.live_keys }
        selected.webhooks.push({ ...owner, ...keys })
      }
    }
  }
  return selected
}

/** Filters webhooks by ID. Throws on an unknown ID, so the operator does not assume that the webhook was rotated. */
function named(
  webhooks: WebhookWithKeys[],
  applicationId: string,
  ids: Selection['webhooks'],
): WebhookWithKeys[] {
  if (ids === '*') return webhooks
  const missing = ids.find((id) => !webhooks.some((webhook) => webhook.id === id))
  if (missing !== undefined)
    throw new Error(`application ${applicationId} has no webhook ${missing}; check --webhook`)
  return webhooks.filter(({ id }) => ids.includes(id))
}

function currentKey({ current_fingerprint, current_created_at }: WebhookWithKeys) {
  if (current_fingerprint === null || current_created_at === null) return null
  return { fingerprint: current_fingerprint, createdAt: current_created_at }
}

async function existing(
  { store, deadline }: CommandContext,
  ids: Selection['applications'],
): Promise<string[]> {
  if (ids === '*') {
    const rows = await allPages((after) =>
      store.read((queries) => listApplications(queries, { ids, after, limit: pageSize }), deadline()),
    )
    return rows.map(({ id }) => id)
  }
  for (const id of ids) {
    if (!(await store.read((queries) => findApplication(queries, id), deadline()))) {
      throw new Error(`application ${id} does not exist; check --application`)
    }
  }
  return [...ids].sort()
}

async function allPages<Row extends { id: string }>(
  page: (after: string | null) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (;;) {
    const next = await page(rows.at(-1)?.id ?? null)
    rows.push(...next)
    if (next.length < pageSize) return rows
  }
}
