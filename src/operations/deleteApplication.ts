import { RekeyError } from '../errors.ts'
import { deleteApplication as deleteRow } from '../store/applications.ts'
import { listWebhookIds } from '../store/webhooks.ts'
import type { Operation } from './operation.ts'
import { appendWebhookEvent } from './webhook-event.ts'

export const deleteApplication: Operation<'deleteApplication'> = async ({ path }, context) =>
  context.store.write(
    path,
    async (queries) => {
      const { applicationId } = path
      const webhookIds = await listWebhookIds(queries, applicationId)
      if (!(await deleteRow(queries, applicationId))) throw new RekeyError('notFound')
      for (const webhookId of webhookIds) {
        const owner = { applicationId, webhookId }
        await appendWebhookEvent(queries, owner, 'webhook.deleted', context.now(), context)
      }
      return { status: 204, body: undefined }
    },
    context.signal,
  )
