import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Drops the table of answers to "Was this page helpful?". Rekey now counts the answers in memory and logs them. */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.dropTable('page_feedback').execute()
  },
}
