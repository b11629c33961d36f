import { listApplications as selectApplications } from '../store/tables/applications.ts'
import type { Operation } from './shared/operation.ts'
import { readPageQuery, toPage } from './shared/pagination.ts'
import { toApplication } from './shared/representations.ts'

export const listApplications: Operation<'listApplications'> = async (
  { query },
  { store, caller, signal },
) => {
  const { limit, after } = readPageQuery(query)
  const rows = await store.read(
    (queries) => selectApplications(queries, { ids: caller.applications, after, limit: limit + 1 }),
    signal,
  )
  return { status: 200, body: toPage(rows, limit, ({ id }) => id, toApplication) }
}
