import { PostgresAdapter, sql, type RawBuilder } from 'kysely'
import type { Queries } from '../store.ts'

/** An SQL condition: whether one of the columns contains the text. Ignores the case of the letters A to Z. */
export function containsText(
  queries: Queries,
  columns: readonly string[],
  text: string,
): RawBuilder<boolean> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  // SQLite's `like` ignores the case of ASCII letters alone, and so does PostgreSQL's `ilike` with the collation C.
  const like = sql.raw(
    queries.getExecutor().adapter instanceof PostgresAdapter ? 'collate "C" ilike' : 'like',
  )
  const conditions = columns.map((column) => sql`${sql.ref(column)} ${like} ${pattern} escape '\\'`)
  return sql`(${sql.join(conditions, sql` or `)})`
}
