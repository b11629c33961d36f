import { Kysely, PostgresAdapter, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { migrate, NewerTables } from '../migrate.ts'
import { toStoreError } from './errors.ts'
import { limitIdleTime } from './idle-time.ts'
import type { Placement } from './placement.ts'

/**
 * The advisory lock of Kysely's migrator, so that instances of Rekey 0.1.0 wait too. Kysely would lock until it unlocks
 * in the same session, which a pooler may give to someone else in between. Rekey locks until the transaction ends.
 */
const migrationLock = '3853314791062309107'

class AdapterWithoutLock extends PostgresAdapter {
  override acquireMigrationLock(): Promise<void> {
    return Promise.resolve()
  }

  override releaseMigrationLock(): Promise<void> {
    return Promise.resolve()
  }
}

class MigrationDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new AdapterWithoutLock()
  }
}

/**
 * Runs all pending migrations in one transaction, which also creates the schema if it does not exist.
 * @returns the names of the migrations that ran
 * @throws NewerTables; Error that names the missing right or the conflicting schema
 */
export async function migratePostgres(pool: pg.Pool, placement: Placement): Promise<string[]> {
  await checkEncoding(pool)
  const { schema, migrationTable } = placement
  let failure: unknown
  const db = new Kysely({
    dialect: new MigrationDialect({ pool }),
    // Kysely's migrator queries the aborted transaction once more, and throws the error of that query.
    log: (event) => {
      if (event.level === 'error') failure ??= event.error
    },
  })
  try {
    return await db
      .transaction()
      .setIsolationLevel('read committed')
      .execute(async (transaction) => {
        await sql.raw(limitIdleTime).execute(transaction)
        await sql`select pg_advisory_xact_lock(${sql.raw(migrationLock)})`.execute(transaction)
        return migrate(transaction.withSchema(schema), {
          migrationTableSchema: schema,
          migrationTableName: migrationTable,
          migrationLockTableName: `${migrationTable}_lock`,
        })
      })
  } catch (error) {
    if (error instanceof NewerTables) throw error
    const cause = failure ?? error
    const explanation = cause instanceof pg.DatabaseError && (await explain(cause, placement, pool))
    throw explanation ? new Error(explanation, { cause }) : toStoreError(cause)
  }
}

/** Says what to do about an error that an operator can expect. */
async function explain(
  { code, message }: pg.DatabaseError,
  { schema, schemaExists }: Placement,
  pool: pg.Pool,
): Promise<string | undefined> {
  if (message.includes('statement pooling'))
    return (
      'DATABASE_URL leads to a pooler that pools by statement, which allows no transactions; set pool_mode = session ' +
      'or pool_mode = transaction in the pooler'
    )
  if (code === '42P07')
    return `the schema ${schema} has tables of another application (${message}); add ?schema= with another name to DATABASE_URL`
  if (code !== '42501') return undefined
  const { rows } = await pool.query<{ role: string }>('select current_user as role')
  const [name, role] = [schema, rows[0]?.role ?? ''].map(pg.escapeIdentifier)
  if (schemaExists)
    return (
      `the database user may not change the tables in the schema ${schema} (${message}); let its owner run ` +
      `\`rekey migrate\`, or \`grant usage, create on schema ${name} to ${role}\``
    )
  return (
    `the database user may not create the schema ${schema} (${message}); let the database's owner run ` +
    `\`create schema ${name} authorization ${role}\`, or name a schema in which the user may create tables, as in ` +
    '?schema=public, in DATABASE_URL'
  )
}

/** @throws Error if the database's encoding cannot store every character */
async function checkEncoding(pool: pg.Pool): Promise<void> {
  const query = pool.query<{ encoding: string }>('select getdatabaseencoding() as encoding')
  const { rows } = await query.catch((error: unknown) => {
    throw toStoreError(error)
  })
  const encoding = rows[0]?.encoding ?? ''
  if (!['UTF8', 'SQL_ASCII'].includes(encoding))
    throw new Error(
      `the database encoding is ${encoding}, which cannot store all of Unicode; create a database with encoding UTF8`,
    )
}
