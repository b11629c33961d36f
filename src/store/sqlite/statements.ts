import type SqliteDatabase from 'better-sqlite3'

/**
 * Maximum number of prepared statements per connection. Rekey has fewer queries whose text never changes, so all of
 * those stay prepared.
 */
const keptStatements = 200

/**
 * Caches prepared statements by text. Preparing a statement for every query, as Kysely does, takes several times as
 * long.
 */
export class Statements {
  readonly #database: SqliteDatabase.Database
  readonly #statements = new Map<string, SqliteDatabase.Statement>()

  constructor(database: SqliteDatabase.Database) {
    this.#database = database
  }

  prepare(text: string): SqliteDatabase.Statement {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
      if (this.#statements.size > keptStatements)
        this.#statements.delete(this.#statements.keys().next().value ?? '')
    }
    return statement
  }

  close(): void {
    this.#database.close()
  }
}
