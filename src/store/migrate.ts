import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migration as applicationsWebhooksKeys } from './migrations/0001-applications-webhooks-keys.ts'
import { migration as idempotencyEvents } from './migrations/0002-idempotency-events.ts'
import { migration as rateLimits } from './migrations/0003-rate-limits.ts'
import { migration as pageFeedback } from './migrations/0004-page-feedback.ts'
import { migration as fewerIndexes } from './migrations/0005-fewer-indexes.ts'

const migrations = {
  '0001-applications-webhooks-keys': applicationsWebhooksKeys,
  '0002-idempotency-events': idempotencyEvents,
  '0003-rate-limits': rateLimits,
  '0004-page-feedback': pageFeedback,
  '0005-fewer-indexes': fewerIndexes,
}

/**
 * Brings the tables up to date, each step in a transaction.
 * @returns the names of the migrations that ran, none if all had run before
 */
export async function migrate<T>(db: Kysely<T>): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
  return results.map(({ migrationName }) => migrationName)
}
