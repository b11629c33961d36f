import type { KeyOwner } from '../../domain/signing-key.ts'
import { findApplication, listApplications } from '../../store/tables/applications.ts'
import { listWebhooks, type WebhookWithKeys } from '../../store/tables/webhooks.ts'
import type { CommandContext } from '../shared/command-context.ts'

const pageSize = 500

/** Which webhooks to rotate. */
export interface Selection {
  applicationIds: readonly string[] | '*'
  webhookIds: readonly string[] | '*'
  /** Only if the current key was made before, in milliseconds since 1970. */
  createdBefore: number | null
}

/** A webhook to rotate, with its current key. */
export interface SelectedWebhook extends KeyOwner {
  keyFingerprint: string
  keyCreatedAt: string
}

/** What a selection comes to, by application and id. */
export interface Selected {
  webhooks: SelectedWebhook[]
  /** They are left out, since no secret of theirs can have leaked; of any age, since they have no key. */
  withoutSecret: KeyOwner[]
}

/**
 * Which webhooks are selected.
 * @throws Error if an application or a webhook that is named does not exist
 */
export async function selectWebhooks(
  workplace: CommandContext,
  { applicationIds, webhookIds, createdBefore }: Selection,
): Promise<Selected> {
  const selected: Selected = { webhooks: [], withoutSecret: [] }
  for (const applicationId of await existing(workplace, applicationIds)) {
    const webhooks = await allPages((after) =>
      workplace.store.read(
        (queries) => listWebhooks(queries, { applicationId, after, limit: pageSize, now: Date.now() }),
        workplace.deadline(),
      ),
    )
    for (const webhook of named(webhooks, applicationId, webhookIds)) {
      const owner = { applicationId, webhookId: webhook.id }
      const key = currentKey(webhook)
      if (!key) selected.withoutSecret.push(owner)
      else if (createdBefore === null || key.createdAt < createdBefore) {
        const keyCreatedAt = new Date(key.createdAt).toISOString()
        selected.webhooks.push({ ...owner, keyFingerprint: key.fingerprint, keyCreatedAt })
      }
    }
  }
  return selected
}

/** A name that nothing has is an error: whoever gave it would believe that its secret was changed. */
function named(
  webhooks: WebhookWithKeys[],
  applicationId: string,
  ids: Selection['webhookIds'],
): WebhookWithKeys[] {
  if (ids === '*') return webhooks
  const missing = ids.find((id) => !webhooks.some((webhook) => webhook.id === id))
  if (missing !== undefined) throw new Error(`there is no webhook ${missing} in application ${applicationId}`)
  return webhooks.filter(({ id }) => ids.includes(id))
}

function currentKey({ current_fingerprint, current_created_at }: WebhookWithKeys) {
  if (current_fingerprint === null || current_created_at === null) return null
  return { fingerprint: current_fingerprint, createdAt: current_created_at }
}

async function existing(
  { store, deadline }: CommandContext,
  ids: Selection['applicationIds'],
): Promise<string[]> {
  if (ids === '*') {
    const rows = await allPages((after) =>
      store.read((queries) => listApplications(queries, { ids, after, limit: pageSize }), deadline()),
    )
    return rows.map(({ id }) => id)
  }
  for (const id of ids) {
    if (!(await store.read((queries) => findApplication(queries, id), deadline()))) {
      throw new Error(`there is no application ${id}`)
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
