import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Adds indexes for the statistics in `/metrics`, which must cost the same however many keys there are. */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    // Index for finding the oldest current key.
    await db.schema
      .createIndex('signing_keys_current')
      .on('signing_keys')
      .column('created_at')
      .where(sql<boolean>`expires_at is null and sealed_secret is not null`)
      .execute()

    // Index for finding keys whose secret was erased although they have not ended.
    await db.schema
      .createIndex('signing_keys_erased')
      .on('signing_keys')
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .where(sql.ref('sealed_secret'), 'is', null)
      .execute()
  },
}
