import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Adds what `GET /keys` needs: when a probe proved a key, and its indexes. Each index makes every rotation dearer, so
 * two of the three extend an index that exists.
 */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('signing_keys').addColumn('proven_at', 'bigint').execute()

    // Index for finding the keys of a secret. Eight digits of the hash are enough, and keep the index small.
    await db.schema
      .createIndex('signing_keys_sha256')
      .on('signing_keys')
      .column(sql`(substr(sha256, 1, 8))`)
      .column('created_at')
      .execute()

    // Index for listing all keys from the oldest on, those of one encryption key at a time.
    await db.schema.dropIndex('signing_keys_sealed_by').execute()
    await db.schema
      .createIndex('signing_keys_sealed_by')
      .on('signing_keys')
      .columns(['sealed_by', 'created_at', 'id'])
      .execute()

    // Index for listing the current keys from the oldest on, those first that no probe has proven.
    await db.schema.dropIndex('signing_keys_current').execute()
    await db.schema
      .createIndex('signing_keys_current')
      .on('signing_keys')
      .column(sql`(case when proven_at is null then 0 else 1 end)`)
      .columns(['created_at', 'id'])
      .where(sql<boolean>`expires_at is null and sealed_secret is not null`)
      .execute()
  },
}
