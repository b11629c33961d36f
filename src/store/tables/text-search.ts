import { PostgresAdapter, sql, type Expression, type RawBuilder } from 'kysely'
import type { Queries } from '../store.ts'

/** An SQL condition: whether one of the columns contains the text. Ignores the case of the letters A to Z. */
export function containsText(
  queries: Queries,
  columns: readonly string[],
  text: string,
): RawBuilder<boolean> {
  const conditions = columns.map((column) =>
    onPostgres(queries) ? containsOnPostgres(column, text) : containsOnSqlite(column, text),
  )
  return sql`(${sql.join(conditions, sql` or `)})`
}

/**
 * An SQL condition: whether a column has one of the values that a subquery selects. The database runs the subquery first,
 * and then finds the values in an index. With `in`, PostgreSQL would run it again for each row.
 */
export function isOneOf(queries: Queries, column: string, values: Expression<unknown>): RawBuilder<boolean> {
  return onPostgres(queries)
    ? sql`${sql.ref(column)} = any (array${values})`
    : sql`${sql.ref(column)} in ${values}`
}

function onPostgres(queries: Queries): boolean {
  return queries.getExecutor().adapter instanceof PostgresAdapter
}

/** With the collation C, `lower` changes ASCII letters alone. This takes half as long as `ilike`. */
function containsOnPostgres(column: string, text: string): RawBuilder<boolean> {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return sql`position(${lower} in lower(${sql.ref(column)} collate "C")) > 0`
}

/** SQLite's `like` ignores the case of ASCII letters alone. */
function containsOnSqlite(column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return sql`${sql.ref(column)} like ${pattern} escape '\\'`
}
