import { PostgresAdapter, sql, type Kysely } from 'kysely'

/** The type of IDs. They sort by their bytes, as on SQLite, not by a locale that may change. */
export function idType(db: Kysely<unknown>) {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`varchar(64) collate "C"` : sql`varchar(64)`
}
