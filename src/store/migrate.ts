import type { Kysely } from 'kysely'
import { Migrator, type MigratorProps } from 'kysely/migration'
import { migration as applicationsWebhooksKeys } from './migrations/0001-applications-webhooks-keys.ts'
import { migration as idempotencyEvents } from './migrations/0002-idempotency-events.ts'
import { migration as rateLimits } from './migrations/0003-rate-limits.ts'
import { migration as pageFeedback } from './migrations/0004-page-feedback.ts'
import { migration as fewerIndexes } from './migrations/0005-fewer-indexes.ts'
import { migration as dropPageFeedback } from './migrations/0006-drop-page-feedback.ts'
import { migration as signatureSchemes } from './migrations/0007-signature-schemes.ts'
import { migration as keyStatistics } from './migrations/0008-key-statistics.ts'
import { migration as selfEndingOverlaps } from './migrations/0009-self-ending-overlaps.ts'
import { migration as rotationInvitations } from './migrations/0010-rotation-invitations.ts'
import { migration as keyListing } from './migrations/0011-key-listing.ts'
import { migration as eventPositions } from './migrations/0012-event-positions.ts'
import { migration as webhookLists } from './migrations/0013-webhook-lists.ts'

const migrations = {
  '0001-applications-webhooks-keys': applicationsWebhooksKeys,
  '0002-idempotency-events': idempotencyEvents,
  '0003-rate-limits': rateLimits,
  '0004-page-feedback': pageFeedback,
  '0005-fewer-indexes': fewerIndexes,
  '0006-drop-page-feedback': dropPageFeedback,
  '0007-signature-schemes': signatureSchemes,
  '0008-key-statistics': keyStatistics,
  '0009-self-ending-overlaps': selfEndingOverlaps,
  '0010-rotation-invitations': rotationInvitations,
  '0011-key-listing': keyListing,
  '0012-event-positions': eventPositions,
  '0013-webhook-lists': webhookLists,
}

/** Thrown when a newer version of Rekey has migrated the database. */
export class NewerTables extends Error {
  override name = 'NewerTables'

  /** @param migration name of the applied migration that this version does not know */
  constructor(migration: string, cause: unknown) {
    super(
      `a newer version of Rekey has migrated the database (${migration}); run that version, or restore a backup ` +
        'from before the upgrade',
      { cause },
    )
  }
}

/** Where a database records its migrations. Kysely's defaults apply to what is left out. */
export type MigrationTables = Pick<
  MigratorProps,
  'migrationTableSchema' | 'migrationTableName' | 'migrationLockTableName'
>

/**
 * Runs all pending migrations in one transaction: in `db` if that is a transaction, otherwise in a new one.
 * @returns the names of the migrations that ran
 * @throws NewerTables if a newer version of Rekey has migrated the database
 */
export async function migrate<T>(db: Kysely<T>, tables: MigrationTables = {}): Promise<string[]> {
  const migrator = new Migrator({
    ...tables,
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw explain(error)
  return results.map(({ migrationName }) => migrationName)
}

/**
 * Converts Kysely's error about an unknown migration to NewerTables. Only a newer version can have applied that
 * migration.
 */
function explain(error: unknown): unknown {
  const [, unknown] = /previously executed migration (\S+) is missing/.exec(String(error)) ?? []
  if (unknown === undefined) return error
  return new NewerTables(unknown, error)
}
