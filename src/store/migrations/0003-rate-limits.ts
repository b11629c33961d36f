import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The table that rate-limiter-flexible expects, for instances that count together on PostgreSQL. */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('rate_limits')
      .addColumn('key', 'varchar(255)', (column) => column.primaryKey().notNull())
      .addColumn('points', 'integer', (column) => column.notNull())
      .addColumn('expire', 'bigint')
      .execute()
  },
}
