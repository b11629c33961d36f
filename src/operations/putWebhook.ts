import { parseReceiverUrl } from '../domain/receiver-url.ts'
import { RekeyError } from '../errors.ts'
import { findApplication } from '../store/tables/applications.ts'
import { findWebhook, insertWebhook, updateWebhook } from '../store/tables/webhooks.ts'
import { rejectSecretIn } from './shared/plaintext.ts'
import type { Operation } from './shared/operation.ts'
import { appendWebhookEvent } from './shared/webhook-event.ts'
import { toWebhook } from './shared/representations.ts'

export const putWebhook: Operation<'putWebhook'> = async ({ path, body }, context) => {
  const { store, now, signal } = context
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
      const time = now()
      const found = await findWebhook(queries, path, time)
      if (found) {
        if (found.url === url && found.description === description)
          return { status: 200, body: toWebhook(found) }
        const change = { url, description, updated_at: time }
        await updateWebhook(queries, path, change)
        await appendWebhookEvent(queries, path, 'webhook.updated', time, context)
        return { status: 200, body: toWebhook({ ...found, ...change }) }
      }
      if (!(await findApplication(queries, path.applicationId))) throw new RekeyError('notFound')
      const row = {
        application_id: path.applicationId,
        id: path.webhookId,
        url,
        description,
        created_at: time,
        updated_at: time,
      }
      await insertWebhook(queries, row)
      await appendWebhookEvent(queries, path, 'webhook.created', time, context)
      const noKeys = {
        current_fingerprint: null,
        current_created_at: null,
        current_sealed_by: null,
        live_keys: 0,
      }
      return { status: 201, body: toWebhook({ ...row, ...noKeys }) }
    },
    signal,
  )
}
