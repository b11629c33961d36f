import { createHash } from 'node:crypto'
import { sql, type Compilable, type Expression } from 'kysely'
import type { Queries } from './store.ts'

/** A compiled query with the values to bind. */
export interface PreparedQuery {
  /**
   * Identifies the query's text, across versions of Rekey too: behind a pooler, another process may have prepared the
   * statement of this name.
   */
  name: string
  text: string
  values: unknown[]
}

/** Compiled queries by the function that builds them. Connections share them if a query has the same text on each. */
export type CompiledQueries = Map<object, PreparedQuery>

/** Runs a query on one connection, and returns its rows. */
export type RunPrepared = (query: PreparedQuery) => unknown[] | Promise<unknown[]>

const runners = new WeakMap<Queries, { run: RunPrepared; compiled: CompiledQueries }>()

/**
 * Sets the function that runs prepared queries for `queries`. Prepared queries bypass Kysely's layers, which take as
 * much time as SQLite itself.
 */
export function setPreparedQueryRunner(
  queries: Queries,
  run: RunPrepared,
  compiled: CompiledQueries = new Map(),
): void {
  runners.set(queries, { run, compiled })
}

/** A placeholder for a value that is bound each time the query runs. */
class Parameter {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_, name) => new Parameter(name) })

/**
 * Creates a query that Kysely builds and compiles only once, because compiling takes several times as long as SQLite
 * takes to run the query. The query's text must not depend on the parameters.
 * @param build builds the query; must use the parameters only as values, without inspecting them
 */
export function prepared<Parameters extends object, Row>(
  build: (queries: Queries, parameters: Parameters) => Compilable<Row>,
): (queries: Queries, parameters: Parameters) => Promise<Row[]> {
  return async (queries, parameters) => {
    const runner = runners.get(queries)
    if (!runner)
      throw new Error(
        'no prepared-query runner is set for this connection; call setPreparedQueryRunner first',
      )
    let query = runner.compiled.get(build)
    if (!query) {
      const { sql: text, parameters: values } = build(queries, placeholders as Parameters).compile()
      const hash = createHash('sha256').update(text).digest('hex')
      query = { name: `rekey_${hash.slice(0, 32)}`, text, values: [...values] }
      runner.compiled.set(build, query)
    }
    const values = query.values.map((value) =>
      value instanceof Parameter ? parameters[value.name as keyof Parameters] : value,
    )
    return (await runner.run({ ...query, values })) as Row[]
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
