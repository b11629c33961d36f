import type { ApplicationRow } from '../schema.ts'
import type { Queries } from '../store.ts'

export interface ListApplications {
  /** IDs to list, or `*` for all. */
  ids: readonly string[] | '*'
  /** Lists only applications with IDs after this ID; null starts at the first ID. */
  after: string | null
  limit: number
}

export async function listApplications(
  queries: Queries,
  { ids, after, limit }: ListApplications,
): Promise<ApplicationRow[]> {
  if (ids.length === 0) return []
  let query = queries.selectFrom('applications').selectAll().orderBy('id').limit(limit)
  if (ids !== '*') query = query.where('id', 'in', ids)
  if (after !== null) query = query.where('id', '>', after)
  return query.execute()
}

export async function findApplication(queries: Queries, id: string): Promise<ApplicationRow | undefined> {
  return queries.selectFrom('applications').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertApplication(queries: Queries, row: ApplicationRow): Promise<void> {
  await queries.insertInto('applications').values(row).execute()
}

export async function updateApplication(queries: Queries, row: ApplicationRow): Promise<void> {
  await queries.updateTable('applications').set(row).where('id', '=', row.id).execute()
}

/**
 * Deletes an application with its webhooks and their keys.
 * @returns whether the application existed
 */
export async function deleteApplication(queries: Queries, id: string): Promise<boolean> {
  const { numDeletedRows } = await queries.deleteFrom('applications').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
