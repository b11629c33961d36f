import { sql, type Compilable, type Expression } from 'kysely'
import type { Queries } from './store.ts'

/** A compiled query with the values to bind. */
export interface PreparedQuery {
  /** Identifies the query's text: queries with the same name have the same text. */
  name: string
  text: string
  values: unknown[]
}

/** Runs a query on one connection, and returns its rows. */
export type RunPrepared = (query: PreparedQuery) => unknown[] | Promise<unknown[]>

const runners = new WeakMap<Queries, RunPrepared>()

/**
 * Sets the function that runs prepared queries for `queries`. Prepared queries bypass Kysely's layers, which take as
 * much time as SQLite itself.
 */
export function setPreparedQueryRunner(queries: Queries, run: RunPrepared): void {
  runners.set(queries, run)
}

/** A placeholder for a value that is bound each time the query runs. */
class Parameter {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_, name) => new Parameter(name) })
let names = 0

/**
 * Creates a query that Kysely builds and compiles only once, because compiling takes several times as long as SQLite
 * takes to run the query. The query's text must not depend on the parameters.
 * @param build builds the query; must use the parameters only as values, without inspecting them
 */
export function prepared<Parameters extends object, Row>(
  build: (queries: Queries, parameters: Parameters) => Compilable<Row>,
): (queries: Queries, parameters: Parameters) => Promise<Row[]> {
  const name = `rekey_${names++}`
  /** The compiled query for each dialect. */
  const compiled = new WeakMap<object, ReturnType<Compilable['compile']>>()
  return async (queries, parameters) => {
    const dialect = queries.getExecutor().adapter.constructor
    let query = compiled.get(dialect)
    if (!query) {
      query = build(queries, placeholders as Parameters).compile()
      compiled.set(dialect, query)
    }
    const values = query.parameters.map((value) =>
      value instanceof Parameter ? parameters[value.name as keyof Parameters] : value,
    )
    const run = runners.get(queries)
    if (!run)
      throw new Error(
        'no prepared-query runner is set for this connection; call setPreparedQueryRunner first',
      )
    return (await run({ name, text: query.sql, values })) as Row[]
  }
}

/**
 * Casts a parameter of a query that has an `order by` or a `limit`. Use it for values in equality conditions, and for
 * the limit itself. SQLite inspects a bare parameter while planning such a query, and then prepares the query again for
 * each run, which takes longer than the run itself.
 */
export function cast<Value extends string | number>(
  parameter: Value,
  type: Value extends string ? 'text' : 'integer',
): Expression<Value> {
  return sql<Value>`cast(${parameter} as ${sql.raw(type)})`
}
