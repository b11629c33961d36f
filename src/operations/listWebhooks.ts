import { RekeyError } from '../errors.ts'
import { findApplication } from '../store/tables/applications.ts'
import { listWebhooks as selectWebhooks } from '../store/tables/webhooks.ts'
import type { Operation } from './shared/operation.ts'
import { readPageQuery, toPage } from './shared/pagination.ts'
import { toWebhook } from './shared/representations.ts'

export const listWebhooks: Operation<'listWebhooks'> = async ({ path, query }, { store, now, signal }) => {
  const { limit, after } = readPageQuery(query)
  const { applicationId } = path
  const rows = await store.read(async (queries) => {
    if (!(await findApplication(queries, applicationId))) throw new RekeyError('notFound')
    return selectWebhooks(queries, { applicationId, after, limit: limit + 1, now: now() })
  }, signal)
  return { status: 200, body: toPage(rows, limit, ({ id }) => id, toWebhook) }
}
