import { RekeyError } from '../errors.ts'
import { deleteApplication as deleteRow } from '../store/tables/applications.ts'
import { appendEventToEach } from '../store/tables/events.ts'
import { eventBy } from './shared/event-by.ts'
import type { Operation } from './shared/operation.ts'

export const deleteApplication: Operation<'deleteApplication'> = async ({ path }, context) =>
  context.store.write(
    path,
    async (queries) => {
      const event = eventBy(context, { type: 'webhook.deleted', at: context.now() })
      await appendEventToEach(queries, path.applicationId, event)
      if (!(await deleteRow(queries, path.applicationId))) throw new RekeyError('notFound')
      return { status: 204, body: undefined }
    },
    context.signal,
  )
