import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Makes rotations change fewer index pages: with many webhooks, a rotation changes a page of every index. One index now
 * replaces two, and another index now contains only the rows that the sweep needs.
 */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const index of ['signing_keys_current', 'signing_keys_end', 'signing_keys_to_erase']) {
      await db.schema.dropIndex(index).execute()
    }

    // Index for finding the few live keys among all of a webhook's keys. It also prevents a webhook from having two
    // current keys, even if the code has a bug: the last column is 0 for a current key, and the generation for any
    // other key.
    await db.schema
      .createIndex('signing_keys_end')
      .unique()
      .on('signing_keys')
      .columns(['application_id', 'webhook_id'])
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .column(sql`(case when expires_at is null then 0 else generation end)`)
      .execute()

    // Index for finding the inactive keys whose secrets the sweep has not erased yet.
    await db.schema
      .createIndex('signing_keys_to_erase')
      .on('signing_keys')
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .where(sql<boolean>`sealed_secret is not null and expires_at is not null`)
      .execute()
  },
}
