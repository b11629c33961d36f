import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { idType } from './id-type.ts'

export const migration: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('page_feedback')
      .addColumn('operation_id', idType(db), (column) => column.notNull())
      .addColumn('helpful', 'varchar(3)', (column) => column.notNull())
      .addColumn('answers', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('page_feedback_pk', ['operation_id', 'helpful'])
      .execute()
  },
}
