import { RekeyError } from '../errors.ts'
import { appendEvent } from '../store/tables/events.ts'
import { deleteWebhook as deleteRow } from '../store/tables/webhooks.ts'
import { eventBy } from './shared/event-by.ts'
import type { Operation } from './shared/operation.ts'

export const deleteWebhook: Operation<'deleteWebhook'> = async ({ path }, context) =>
  context.store.write(
    path,
    async (queries) => {
      if (!(await deleteRow(queries, path))) throw new RekeyError('notFound')
      await appendEvent(queries, path, eventBy(context, { type: 'webhook.deleted', at: context.now() }))
      return { status: 204, body: undefined }
    },
    context.signal,
  )
