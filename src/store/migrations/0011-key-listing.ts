import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Adds what `GET /keys` needs: when a probe proved a key, and an index for each way to select keys. All three indexes
 * end in the order of the list, so that a page costs the same however many keys match.
 */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('signing_keys').addColumn('proven_at', 'bigint').execute()

    // Must match `keyClass` in signing-key-rows.ts.
    const keyClass = sql`(case when revoked_at is not null then 4 when sealed_secret is null then 3 when expires_at is not null then 2 when proven_at is not null then 1 else 0 end)`
    await db.schema
      .createIndex('signing_keys_class')
      .on('signing_keys')
      .column(keyClass)
      .columns(['created_at', 'id'])
      .execute()
    await db.schema
      .createIndex('signing_keys_application_class')
      .on('signing_keys')
      .column('application_id')
      .column(keyClass)
      .columns(['created_at', 'id'])
      .execute()
    // Half as large as an index on the whole hash, and 64 bits are enough to find a key.
    await db.schema
      .createIndex('signing_keys_sha256')
      .on('signing_keys')
      .column(sql`(substr(sha256, 1, 16))`)
      .columns(['created_at', 'id'])
      .execute()

    // The index on `keyClass` also finds the oldest current key.
    await db.schema.dropIndex('signing_keys_current').execute()
  },
}
