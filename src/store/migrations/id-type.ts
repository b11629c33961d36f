import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../is-postgres.ts'

/** The type of ids: in the order of their bytes, as on SQLite, and not of a locale that may change. */
export function idType(db: Kysely<unknown>) {
  return isPostgres(db) ? sql`varchar(64) collate "C"` : sql`varchar(64)`
}
