import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { idType } from './id-type.ts'

/**
 * Adds the overlaps that end once the receiver is proven. Servers of the previous version do not know the table:
 * this version notices their changes to an overlap when the next probe is due.
 */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    const id = idType(db)
    await db.schema
      .createTable('self_ending_overlaps')
      .addColumn('application_id', id, (column) => column.notNull())
      .addColumn('webhook_id', id, (column) => column.notNull())
      .addColumn('key_id', id, (column) => column.notNull())
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('ends_at', 'bigint', (column) => column.notNull())
      .addColumn('next_probe_at', 'bigint')
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addColumn('queued', 'smallint', (column) => column.notNull().defaultTo(0))
      .addColumn('last_probe_at', 'bigint')
      .addColumn('proven', 'smallint', (column) => column.notNull().defaultTo(0))
      .addColumn('verdicts', 'text')
      .addColumn('proofs', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('first_proof_at', 'bigint')
      .addColumn('proven_target', 'char(64)')
      .addPrimaryKeyConstraint('self_ending_overlaps_primary', ['application_id', 'webhook_id'])
      .addForeignKeyConstraint(
        'self_ending_overlaps_webhook',
        ['application_id', 'webhook_id'],
        'webhooks',
        ['application_id', 'id'],
        (constraint) => constraint.onDelete('cascade'),
      )
      .execute()

    // Index for finding the overlaps that are due.
    await db.schema
      .createIndex('self_ending_overlaps_due')
      .on('self_ending_overlaps')
      .column('due_at')
      .where(sql<boolean>`queued = 0`)
      .execute()

    // Index for finding the applications that have queued probes, without reading every probe.
    await db.schema
      .createIndex('self_ending_overlaps_queue')
      .on('self_ending_overlaps')
      .columns(['application_id', 'due_at'])
      .where(sql<boolean>`queued = 1`)
      .execute()

    // Index for the statistics in `/metrics`.
    await db.schema
      .createIndex('self_ending_overlaps_proven')
      .on('self_ending_overlaps')
      .columns(['proven', 'ends_at'])
      .execute()
  },
}
