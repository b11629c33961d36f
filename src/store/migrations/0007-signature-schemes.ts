import type { Kysely } from 'kysely'
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
  },
}
