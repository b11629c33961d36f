import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * A rotation of one webhook among many changes a page of each index, so one does what two did, and another holds
 * only what somebody looks for.
 */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    for (const index of ['signing_keys_current', 'signing_keys_end', 'signing_keys_to_erase']) {
      await db.schema.dropIndex(index).execute()
    }

    // Finds the few keys that are live, however many a webhook has had, and makes two current keys of one
    // webhook impossible, whatever the code above does: others are told apart by their generation.
    await db.schema
      .createIndex('signing_keys_end')
      .unique()
      .on('signing_keys')
      .columns(['application_id', 'webhook_id'])
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .column(sql`(case when expires_at is null then 0 else generation end)`)
      .execute()

    // What the sweep looks for: keys that ended and whose secret is still there.
    await db.schema
      .createIndex('signing_keys_to_erase')
      .on('signing_keys')
      .column(sql`coalesce(revoked_at, expires_at, 9007199254740991)`)
      .where(sql<boolean>`sealed_secret is not null and expires_at is not null`)
      .execute()
  },
}
