import { PostgresAdapter, sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Adds indexes for lists of webhooks with filters, for the open overlaps, and for the newest events. */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    // Index for finding the states of an application's webhooks, and the age of their keys, without reading the keys.
    await db.schema
      .createIndex('signing_keys_live')
      .on('signing_keys')
      .columns(['application_id', 'webhook_id', 'expires_at', 'created_at'])
      .where(sql<boolean>`sealed_secret is not null and revoked_at is null`)
      .execute()

    // Index for searching the text of webhooks without reading their rows. PostgreSQL reads rows quickly enough, and
    // refuses texts of this length in an index.
    if (!(db.getExecutor().adapter instanceof PostgresAdapter))
      await db.schema
        .createIndex('webhooks_text')
        .on('webhooks')
        .columns(['application_id', 'id', 'url', 'description'])
        .execute()

    // Also has the order of `GET /keys`, for listing the open overlaps without reading every one.
    await db.schema.dropIndex('signing_keys_to_erase').execute()
    await db.schema
      .createIndex('signing_keys_to_erase')
      .on('signing_keys')
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .columns(['created_at', 'id'])
      .where(sql<boolean>`sealed_secret is not null and expires_at is not null`)
      .execute()

    // Index for listing the newest events of one type. Deleting an application gives many events the same time.
    await db.schema.createIndex('events_newest').on('events').columns(['type', 'at', 'hash']).execute()
  },
}
