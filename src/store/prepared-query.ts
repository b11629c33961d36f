import { sql, type Compilable, type Expression } from 'kysely'
import type { Queries } from './store.ts'

/** A query as a database gets it. */
export interface PreparedQuery {
  /** Stands for the same text wherever it occurs. */
  name: string
  text: string
  values: unknown[]
}

/** Runs a query on one connection, and returns its rows. */
export type RunPrepared = (query: PreparedQuery) => unknown[] | Promise<unknown[]>

const runners = new WeakMap<Queries, RunPrepared>()

/** Says how prepared queries run on the connection of `queries`: past Kysely's layers, which take as long as SQLite. */
export function setPreparedQueryRunner(queries: Queries, run: RunPrepared): void {
  runners.set(queries, run)
}

/** Stands in a query for a value that is not known yet. */
class Parameter {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_, name) => new Parameter(name) })
let names = 0

/**
 * A query that Kysely builds and compiles once, which takes several times as long as SQLite takes to run
 * it. Its text is the same whatever the parameters are.
 * @param build makes the query; it uses the parameters as values and does not look at them
 */
export function prepared<Parameters extends object, Row>(
  build: (queries: Queries, parameters: Parameters) => Compilable<Row>,
): (queries: Queries, parameters: Parameters) => Promise<Row[]> {
  const name = `rekey_${names++}`
  /** By dialect. */
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
    if (!run) throw new Error('these queries are of no store')
    return (await run({ name, text: query.sql, values })) as Row[]
  }
}

/**
 * A parameter that a column equals, or that is the limit, in a query with an order or a limit. SQLite looks at one
 * that stands alone while it plans these, and prepares the query anew each time that it runs, which takes longer
 * than the query.
 */
export function cast<Value extends string | number>(
  parameter: Value,
  type: Value extends string ? 'text' : 'integer',
): Expression<Value> {
  return sql<Value>`cast(${parameter} as ${sql.raw(type)})`
}
