import type { Compilable, CompiledQuery } from 'kysely'
import type { Queries } from './store.ts'

/** Stands in a query for a value that is not known yet. */
class Parameter {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_, name) => new Parameter(name) })

/**
 * A query that Kysely builds and compiles once, which takes several times as long as SQLite takes to run
 * it. Its text is the same whatever the parameters are.
 * @param build makes the query; it uses the parameters as values and does not look at them
 */
export function prepared<Parameters extends object, Row>(
  build: (queries: Queries, parameters: Parameters) => Compilable<Row>,
): (queries: Queries, parameters: Parameters) => Promise<Row[]> {
  /** By dialect. */
  const compiled = new WeakMap<object, CompiledQuery<Row>>()
  return async (queries, parameters) => {
    const { adapter } = queries.getExecutor()
    let query = compiled.get(adapter)
    if (!query) {
      query = build(queries, placeholders as Parameters).compile()
      compiled.set(adapter, query)
    }
    const { rows } = await queries.executeQuery<Row>({
      ...query,
      parameters: query.parameters.map((value) =>
        value instanceof Parameter ? parameters[value.name as keyof Parameters] : value,
      ),
    })
    return rows
  }
}
