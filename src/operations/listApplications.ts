import { listApplications as selectApplications } from '../store/applications.ts'
import type { Operation } from './shared/operation.ts'
import { readPage, toPage } from './page.ts'
import { toApplication } from './representation.ts'

export const listApplications: Operation<'listApplications'> = async (
  { query },
  { store, caller, signal },
) => {
  const { limit, after } = readPage(query)
  const rows = await store.read(
    (queries) => selectApplications(queries, { ids: caller.applications, after, limit: limit + 1 }),
    signal,
  )
  return { status: 200, body: toPage(rows, limit, ({ id }) => id, toApplication) }
}
