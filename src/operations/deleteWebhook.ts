import { RekeyError } from '../errors.ts'
import { deleteWebhook as deleteRow } from '../store/tables/webhooks.ts'
import type { Operation } from './shared/operation.ts'
import { appendWebhookEvent } from './shared/webhook-event.ts'

export const deleteWebhook: Operation<'deleteWebhook'> = async ({ path }, context) =>
  context.store.write(
    path,
    async (queries) => {
      if (!(await deleteRow(queries, path))) throw new RekeyError('notFound')
      await appendWebhookEvent(queries, path, 'webhook.deleted', context.now(), context)
      return { status: 204, body: undefined }
    },
    context.signal,
  )
