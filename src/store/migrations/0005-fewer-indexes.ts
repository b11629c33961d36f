import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Reduces the index pages that a rotation changes, because with many webhooks it changes a page of each index. One
 * index now replaces two, and another contains only the rows that the sweep looks for.
 */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const index of ['signing_keys_current', 'signing_keys_end', 'signing_keys_to_erase']) {
      await db.schema.dropIndex(index).execute()
    }

    // Finds the few live keys among all keys that a webhook has had. Also prevents a webhook from having two current
    // keys, even if the code has a bug: the last column is 0 for a current key, and the generation for any other key.
    await db.schema
      .createIndex('signing_keys_end')
      .unique()
      .on('signing_keys')
      .columns(['application_id', 'webhook_id'])
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .column(sql`(case when expires_at is null then 0 else generation end)`)
      .execute()

    // Finds the ended keys whose secret the sweep has not erased yet.
    await db.schema
      .createIndex('signing_keys_to_erase')
      .on('signing_keys')
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .where(sql<boolean>`sealed_secret is not null and expires_at is not null`)
      .execute()
  },
}
