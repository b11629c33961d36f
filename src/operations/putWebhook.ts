import { parseReceiverUrl } from '../domain/receiver-url.ts'
import { describeChange } from '../domain/schemes/choose-scheme.ts'
import { RekeyError } from '../errors.ts'
import { findApplication } from '../store/tables/applications.ts'
import { appendEvent } from '../store/tables/events.ts'
import { findWebhook, insertWebhook, toSchemeChoice, updateWebhook } from '../store/tables/webhooks.ts'
import { eventBy } from './shared/event-by.ts'
import { rejectSecretIn } from './shared/plaintext.ts'
import type { Operation } from './shared/operation.ts'
import { rejectUnfitKeys, requestedScheme } from './shared/requested-scheme.ts'
import { toWebhook } from './shared/representations.ts'

export const putWebhook: Operation<'putWebhook'> = async ({ path, body }, context) => {
  const { store, now, settledTime, signal } = context
  const { url, description = null } = body
  if (!parseReceiverUrl(url))
    throw new RekeyError('badRequest', {
      message:
        'body/url must have a valid host name or IP address, and a port from 1 to 65535 if it names one',
    })
  rejectSecretIn('body/url', url)
  rejectSecretIn('body/description', description)
  return store.write(
    path,
    async (queries) => {
      const settled = settledTime()
      const time = now()
      const found = await findWebhook(queries, path, time)
      const scheme = requestedScheme(body, found && toSchemeChoice(found))
      const columns = { url, description, signature_scheme: scheme.name, signature_header: scheme.header }
      if (found) {
        const stored = toSchemeChoice(found)
        const schemeChange = describeChange(stored, scheme)
        if (found.url === url && found.description === description && schemeChange === null)
          return { status: 200, body: toWebhook(found) }
        if (schemeChange !== null)
          await rejectUnfitKeys(queries, path, { before: stored.name, after: scheme.name }, settled)
        const change = { ...columns, updated_at: time }
        await updateWebhook(queries, path, change)
        const event = { type: 'webhook.updated', at: time, reason: schemeChange } as const
        await appendEvent(queries, path, eventBy(context, event))
        return { status: 200, body: toWebhook({ ...found, ...change }) }
      }
      if (!(await findApplication(queries, path.applicationId))) throw new RekeyError('notFound')
      const row = {
        application_id: path.applicationId,
        id: path.webhookId,
        ...columns,
        created_at: time,
        updated_at: time,
      }
      await insertWebhook(queries, row)
      await appendEvent(queries, path, eventBy(context, { type: 'webhook.created', at: time }))
      const noKeys = {
        current_id: null,
        current_fingerprint: null,
        current_created_at: null,
        current_sealed_by: null,
        live_keys: 0,
        overlap_ends_at: null,
      }
      return { status: 201, body: toWebhook({ ...row, ...noKeys }) }
    },
    signal,
  )
}
