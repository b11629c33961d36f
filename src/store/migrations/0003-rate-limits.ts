import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Creates the table of counts that all instances share on PostgreSQL. */
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
