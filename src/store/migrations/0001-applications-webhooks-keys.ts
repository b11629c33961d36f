import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { idType } from './id-type.ts'

export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    const id = idType(db)
    await db.schema
      .createTable('applications')
      .addColumn('id', id, (column) => column.primaryKey().notNull())
      .addColumn('name', 'varchar(200)')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()

    await db.schema
      .createTable('webhooks')
      .addColumn('application_id', id, (column) =>
        column.notNull().references('applications.id').onDelete('cascade'),
      )
      .addColumn('id', id, (column) => column.notNull())
      .addColumn('url', 'varchar(2048)', (column) => column.notNull())
      .addColumn('description', 'varchar(500)')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('webhooks_primary', ['application_id', 'id'])
      .execute()

    await db.schema
      .createTable('signing_keys')
      .addColumn('id', id, (column) => column.primaryKey().notNull())
      .addColumn('application_id', id, (column) => column.notNull())
      .addColumn('webhook_id', id, (column) => column.notNull())
      .addColumn('generation', 'integer', (column) => column.notNull())
      .addColumn('fingerprint', 'varchar(16)', (column) => column.notNull())
      .addColumn('sha256', 'char(64)', (column) => column.notNull())
      .addColumn('sealed_secret', 'text')
      .addColumn('sealed_by', 'varchar(64)')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('created_by', 'text')
      .addColumn('reason', 'varchar(500)')
      .addColumn('expires_at', 'bigint')
      .addColumn('revoked_at', 'bigint')
      .addForeignKeyConstraint(
        'signing_keys_webhook',
        ['application_id', 'webhook_id'],
        'webhooks',
        ['application_id', 'id'],
        (constraint) => constraint.onDelete('cascade'),
      )
      .addUniqueConstraint('signing_keys_generation', ['application_id', 'webhook_id', 'generation'])
      .execute()

    // Prevents a webhook from having two current keys, even if the code has a bug.
    await db.schema
      .createIndex('signing_keys_current')
      .on('signing_keys')
      .columns(['application_id', 'webhook_id'])
      .unique()
      .where(sql.ref('expires_at'), 'is', null)
      .execute()

    // Index for finding the few live keys among all of a webhook's keys.
    await db.schema
      .createIndex('signing_keys_end')
      .on('signing_keys')
      .columns(['application_id', 'webhook_id'])
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .execute()

    await db.schema.createIndex('signing_keys_sealed_by').on('signing_keys').column('sealed_by').execute()
  },
}
