import pg from 'pg'
import { toStoreError } from './errors.ts'

/** The schema for a new installation, so that its tables do not collide with those of other applications. */
const ownSchema = 'rekey'
/**
 * The table that records the migrations of a new installation. Kysely's default name would mislead other applications
 * that use Kysely: its migrator looks for a table of that name in every schema.
 */
const ownMigrationTable = 'rekey_migration'
/** The same table in an installation that Rekey 0.1.0 created, under Kysely's default name. */
const migrationTableOf010 = 'kysely_migration'
/** Recorded there by every version of Rekey, and by no other application. */
const firstMigration = '0001-applications-webhooks-keys'

/** Where Rekey's tables are, or will be. */
export interface Placement {
  schema: string
  schemaExists: boolean
  migrationTable: string
}

/** Whether Rekey 0.1.0 created the tables, so that instances of that version may still use them. */
export function isOf010({ migrationTable }: Pick<Placement, 'migrationTable'>): boolean {
  return migrationTable === migrationTableOf010
}

interface Candidate extends Pick<Placement, 'schema' | 'migrationTable'> {
  isReadable: boolean
  /** The schema's place in the search path, starting at 1; null if it is not in the path. */
  position: number | null
}

/**
 * Finds the schema that holds Rekey's tables, or chooses one for a new installation.
 * @param wanted the schema that DATABASE_URL names. Without it, the tables are where the search path of Rekey 0.1.0
 * finds them, or in the schema `rekey`
 * @throws Error if it is uncertain which tables are meant; RekeyError `serviceUnavailable`
 */
export async function findPlacement(pool: pg.Pool, wanted: string | undefined): Promise<Placement> {
  const candidates = await listCandidates(pool)
  const isExpected = ({ schema, position }: Candidate) =>
    wanted === undefined ? position !== null || schema === ownSchema : schema === wanted
  const unreadable = candidates.find((candidate) => isExpected(candidate) && !candidate.isReadable)
  if (unreadable) throw new Error(cannotRead(unreadable))

  const found: Candidate[] = []
  for (const candidate of candidates.filter(({ isReadable }) => isReadable))
    if (await isRekeys(pool, candidate)) found.push(candidate)
  const expected = found.filter(isExpected)
  // Of several that only Rekey 0.1.0 can have created, that version uses the first in the search path.
  if (expected.length > 1 && !expected.every(isOf010)) throw new Error(severalPlaces(expected))
  const [first] = expected
  if (first) return { ...first, schemaExists: true }
  const [elsewhere] = found
  if (elsewhere && wanted === undefined)
    throw new Error(
      `the database has Rekey's tables in the schema ${elsewhere.schema}, which is not in the search path; add ` +
        `?schema=${elsewhere.schema} to DATABASE_URL to use them, or ?schema=${ownSchema} to start with empty tables`,
    )
  const schema = wanted ?? ownSchema
  const rows = await query(pool, 'select from pg_catalog.pg_namespace where nspname = $1', [schema])
  return { schema, migrationTable: ownMigrationTable, schemaExists: rows.length > 0 }
}

/** Lists the schemas whose tables have the names of Rekey's, in the order of the search path. */
async function listCandidates(pool: pg.Pool): Promise<Candidate[]> {
  return query<Candidate>(
    pool,
    `select namespace.nspname as schema, migrations.relname as "migrationTable",
       array_position(current_schemas(false), namespace.nspname) as position,
       has_schema_privilege(namespace.oid, 'usage') and has_table_privilege(migrations.oid, 'select') as "isReadable"
     from pg_catalog.pg_class migrations join pg_catalog.pg_namespace namespace on namespace.oid = relnamespace
     where migrations.relname = any($1) and migrations.relkind = 'r' and nspname !~ '^pg_' and 3 = (
       select count(*) from pg_catalog.pg_class
       where relnamespace = namespace.oid and relname in ('signing_keys', 'idempotency_records', 'rate_limits'))
     order by position`,
    [[ownMigrationTable, migrationTableOf010]],
  )
}

/** Whether the table records Rekey's migrations, not those of another application that uses Kysely. */
async function isRekeys(pool: pg.Pool, { schema, migrationTable }: Candidate): Promise<boolean> {
  const place = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(migrationTable)}`
  const rows = await query(
    pool,
    `select from ${place} as migration where to_jsonb(migration) ->> 'name' = $1`,
    [firstMigration],
  )
  return rows.length > 0
}

async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  try {
    return (await pool.query<Row>(text, values)).rows
  } catch (error) {
    throw toStoreError(error)
  }
}

function severalPlaces(candidates: Candidate[]): string {
  const schemas = candidates.map(({ schema }) => schema)
  const choices = schemas.map((schema) => `?schema=${schema}`)
  return `Rekey's tables are in several schemas of the database: ${schemas.join(', ')}; add ${choices.join(' or ')} to DATABASE_URL`
}

function cannotRead({ schema, migrationTable }: Candidate): string {
  return (
    `the database user may not read the table ${migrationTable} in the schema ${schema}; grant it usage on the schema, ` +
    "and select, insert, update and delete on Rekey's tables there"
  )
}
