import { sql } from 'kysely'
import { isPostgres } from './is-postgres.ts'
import type { Queries } from './store.ts'

/** A member of the JSON object that a column has as text, as text. */
export function jsonMember(queries: Queries, column: string, member: string) {
  const json = isPostgres(queries) ? sql`${sql.ref(column)}::json` : sql.ref(column)
  return sql<string>`(${json} ->> ${sql.lit(member)})`
}
