import type SqliteDatabase from 'better-sqlite3'

/** How many prepared statements a connection keeps: more than there are queries whose text is fixed. */
const keptStatements = 200

/** Kysely prepares a statement for every query; preparing once for each text is several times cheaper. */
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
