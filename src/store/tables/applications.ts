import type { ApplicationRow } from '../schema.ts'
import type { Queries } from '../store.ts'
import { containsText } from './text-search.ts'

export interface ListApplications {
  /** IDs to list, or `*` for all. */
  ids: readonly string[] | '*'
  /** Lists only applications with IDs after this ID; null starts at the first ID. */
  after: string | null
  limit: number
  /** The last ID to list; undefined for no limit. */
  upTo?: string | undefined
  /** Text that the ID or name contains; undefined for any. */
  search?: string | undefined
}

export async function listApplications(
  queries: Queries,
  { limit, ...conditions }: ListApplications,
): Promise<ApplicationRow[]> {
  if (conditions.ids.length === 0) return []
  return selectApplications(queries, conditions).selectAll().orderBy('id').limit(limit).execute()
}

export async function countApplications(
  queries: Queries,
  conditions: Omit<ListApplications, 'limit'>,
): Promise<number> {
  if (conditions.ids.length === 0) return 0
  const { count } = await selectApplications(queries, conditions)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

function selectApplications(queries: Queries, { ids, after, upTo, search }: Omit<ListApplications, 'limit'>) {
  let query = queries.selectFrom('applications')
  if (ids !== '*') query = query.where('id', 'in', ids)
  if (after !== null) query = query.where('id', '>', after)
  if (upTo !== undefined) query = query.where('id', '<=', upTo)
  if (search !== undefined) query = query.where(containsText(queries, ['id', 'name'], search))
  return query
}

/** Finds the ID of the application that comes `rows` after an ID; undefined if there are fewer. */
export async function findApplicationAfter(
  queries: Queries,
  after: string,
  rows: number,
): Promise<string | undefined> {
  const row = await queries
    .selectFrom('applications')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(1)
    .offset(rows - 1)
    .executeTakeFirst()
  return row?.id
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
