import { RekeyError } from '../errors.ts'
import { findApplication } from '../store/applications.ts'
import { listWebhooks as selectWebhooks } from '../store/webhooks.ts'
import type { Operation } from './shared/operation.ts'
import { readPage, toPage } from './page.ts'
import { toWebhook } from './representation.ts'

export const listWebhooks: Operation<'listWebhooks'> = async ({ path, query }, { store, now, signal }) => {
  const { limit, after } = readPage(query)
  const { applicationId } = path
  const rows = await store.read(async (queries) => {
    if (!(await findApplication(queries, applicationId))) throw new RekeyError('notFound')
    return selectWebhooks(queries, { applicationId, after, limit: limit + 1, now: now() })
  }, signal)
  return { status: 200, body: toPage(rows, limit, ({ id }) => id, toWebhook) }
}
