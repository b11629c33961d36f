import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Adds each event's position in the feed of all events. Reading the feed assigns the positions, those of existing events
 * too, so that the migration of a large database stays short.
 */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('events').addColumn('position', 'bigint').execute()
    await db.schema
      .createIndex('events_position')
      .unique()
      .on('events')
      .column('position')
      .where(sql.ref('position'), 'is not', null)
      .execute()
    // Index for finding the events without a position. Its only value is null, so that a new event goes to the end.
    await db.schema
      .createIndex('events_without_position')
      .on('events')
      .column('position')
      .where(sql.ref('position'), 'is', null)
      .execute()
  },
}
