import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver, type DatabaseConnection } from 'kysely'
import type { Statements } from './statements.ts'

/**
 * Begins immediate transactions. Kysely's deferred transactions fail at their first write if another process has
 * written since they began to read.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

/**
 * Lets migrations run in a transaction: SQLite can roll back schema changes, although Kysely assumes that it cannot.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** Kysely's dialect for SQLite, with immediate transactions and statements that are prepared only once. */
export class ImmediateDialect extends SqliteDialect {
  readonly #statements: Statements

  constructor(statements: Statements) {
    super({ database: statements })
    this.#statements = statements
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }

  override createDriver(): ImmediateDriver {
    return new ImmediateDriver({ database: this.#statements })
  }
}
