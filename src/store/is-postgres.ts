import { PostgresAdapter, type Kysely } from 'kysely'

/** Whether queries are for PostgreSQL, and not for SQLite. */
export function isPostgres<Tables>(queries: Kysely<Tables>): boolean {
  return queries.getExecutor().adapter instanceof PostgresAdapter
}
