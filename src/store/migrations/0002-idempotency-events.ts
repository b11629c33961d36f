import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { idType } from './id-type.ts'

export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    const id = idType(db)
    await db.schema
      .createTable('idempotency_records')
      .addColumn('application_id', id, (column) => column.notNull())
      .addColumn('webhook_id', id, (column) => column.notNull())
      .addColumn('request', 'char(64)', (column) => column.notNull())
      .addColumn('body', 'char(64)', (column) => column.notNull())
      .addColumn('key_id', id, (column) => column.notNull().references('signing_keys.id').onDelete('cascade'))
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('idempotency_records_primary', ['application_id', 'webhook_id', 'request'])
      .execute()
    await db.schema
      .createIndex('idempotency_records_expires_at')
      .on('idempotency_records')
      .column('expires_at')
      .execute()
    await db.schema
      .createIndex('idempotency_records_key_id')
      .on('idempotency_records')
      .column('key_id')
      .execute()

    await db.schema
      .createTable('events')
      .addColumn('application_id', id, (column) => column.notNull())
      .addColumn('webhook_id', id, (column) => column.notNull())
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addColumn('type', 'varchar(32)', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('actor', 'text')
      .addColumn('reason', 'varchar(500)')
      .addColumn('request_id', 'varchar(128)')
      .addColumn('key', 'text')
      .addColumn('ended_keys', 'text', (column) => column.notNull())
      .addColumn('previous_hash', 'char(64)', (column) => column.notNull())
      .addColumn('hash', 'char(64)', (column) => column.notNull())
      .addPrimaryKeyConstraint('events_primary', ['application_id', 'webhook_id', 'sequence'])
      .execute()

    // Index for finding the inactive keys whose secrets the sweep has not erased yet.
    await db.schema
      .createIndex('signing_keys_to_erase')
      .on('signing_keys')
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .where(sql.ref('sealed_secret'), 'is not', null)
      .execute()
  },
}
