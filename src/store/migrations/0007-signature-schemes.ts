import { PostgresAdapter, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Adds columns with defaults, so that servers of the previous version can keep writing during an upgrade. */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('webhooks')
      .addColumn('signature_scheme', 'varchar(32)', (column) =>
        column.notNull().defaultTo('standard-webhooks'),
      )
      .execute()
    await db.schema.alterTable('webhooks').addColumn('signature_header', 'varchar(64)').execute()
    await db.schema
      .alterTable('signing_keys')
      .addColumn('guessable', 'smallint', (column) => column.notNull().defaultTo(0))
      .execute()
    // A rotation's event can say who signs, in addition to the reason of up to 500 characters. SQLite has no limit.
    if (db.getExecutor().adapter instanceof PostgresAdapter)
      await db.schema
        .alterTable('events')
        .alterColumn('reason', (column) => column.setDataType('text'))
        .execute()
  },
}
