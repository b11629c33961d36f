import { RekeyError } from '../errors.ts'
import { deleteApplication as deleteRow } from '../store/tables/applications.ts'
import { appendEventToEach } from '../store/tables/events.ts'
import type { Operation } from './shared/operation.ts'
import { webhookEvent } from './shared/webhook-event.ts'

export const deleteApplication: Operation<'deleteApplication'> = async ({ path }, context) =>
  context.store.write(
    path,
    async (queries) => {
      const event = webhookEvent('webhook.deleted', context.now(), context)
      await appendEventToEach(queries, path.applicationId, event)
      if (!(await deleteRow(queries, path.applicationId))) throw new RekeyError('notFound')
      return { status: 204, body: undefined }
    },
    context.signal,
  )
