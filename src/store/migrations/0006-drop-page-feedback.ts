import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Responses to "Was this page helpful?" are now counted in the process and logged. */
export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.dropTable('page_feedback').execute()
  },
}
