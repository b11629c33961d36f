import { PostgresAdapter, sql, type Kysely } from 'kysely'

/**
 * Returns the column type of IDs. On PostgreSQL, IDs sort by bytes, as on SQLite, because a locale's sort order may
 * change.
 */
export function idType(db: Kysely<unknown>) {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`varchar(64) collate "C"` : sql`varchar(64)`
}
