import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { idType } from './id-type.ts'

export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    const id = idType(db)
    await db.schema
      .createTable('rotation_invitations')
      .addColumn('id', id, (column) => column.primaryKey().notNull())
      .addColumn('application_id', id, (column) => column.notNull())
      .addColumn('webhook_id', id, (column) => column.notNull())
      .addColumn('token_sha256', 'char(64)', (column) => column.notNull().unique())
      .addColumn('overlap_seconds', 'integer', (column) => column.notNull())
      .addColumn('end_when_proven', 'smallint', (column) => column.notNull())
      .addColumn('reason', 'varchar(500)')
      .addColumn('created_by', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('used_at', 'bigint')
      .addColumn('revoked_at', 'bigint')
      .addColumn('probes', 'integer', (column) => column.notNull())
      .addForeignKeyConstraint(
        'rotation_invitations_webhook',
        ['application_id', 'webhook_id'],
        'webhooks',
        ['application_id', 'id'],
        (constraint) => constraint.onDelete('cascade'),
      )
      .execute()

    // Index for listing a webhook's invitations.
    await db.schema
      .createIndex('rotation_invitations_newest')
      .on('rotation_invitations')
      .columns(['application_id', 'webhook_id', 'created_at', 'id'])
      .execute()

    // Index for counting the open invitations for `/metrics`.
    await db.schema
      .createIndex('rotation_invitations_open')
      .on('rotation_invitations')
      .column('expires_at')
      .where(sql<boolean>`used_at is null and revoked_at is null`)
      .execute()

    // Index for finding the invitations that the sweep deletes.
    await db.schema
      .createIndex('rotation_invitations_expires_at')
      .on('rotation_invitations')
      .column('expires_at')
      .execute()
  },
}
