import { createHash } from 'node:crypto'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { RateLimiterMemory, RateLimiterPostgres } from 'rate-limiter-flexible'
import { migrate, NewerTables } from '../migrate.ts'
import { commit, transactionMark, type TransactionMark } from './commit.ts'
import { withConnection } from './connection.ts'
import { isRetriable, toStoreError } from './errors.ts'
import { withTimeout } from './pg-internals.ts'
import type { Database } from '../schema.ts'
import type { Queries, Scope, Store } from '../store.ts'
import { KeyedMutex } from './keyed-mutex.ts'

/** Of one process. A server allows 100 in all unless told otherwise. */
const maxConnections = 20
/** How long a connection is waited for, be it that all are in use or that the server does not answer. */
const connectTimeoutMs = 3_000
/** How long a count may take. After that the process counts alone, and the connection is given up. */
const countTimeoutMs = 2_000
/** A transaction whose process stands still holds its locks no longer than that. */
const idleInTransactionTimeoutMs = 60_000

/**
 * A store on a PostgreSQL server; connects with the first query. Writes of one scope take turns in the process, and
 * an advisory lock, and so run one after the other, on however many instances; those of different scopes run at once.
 * @param url as libpq has it: `postgres://user:password@host:port/database?sslmode=verify-full`
 */
export function openPostgres(url: string): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    application_name: 'rekey',
    keepAlive: true,
    // Queries that are begun together travel together.
    pipeline: true,
    // Where the network has lost a connection, its end is never confirmed, and nobody is to wait for that.
    allowExitOnIdle: true,
    types: bigintAsNumber,
  })
  // A connection that breaks says so with its next query; without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))

  const turns = new KeyedMutex()
  const read: Store['read'] = (work, signal) => withConnection(pool, signal, ({ queries }) => work(queries))

  return {
    read,
    write(scope, work, signal) {
      const write = () => retry(() => transaction(pool, scope, work, signal))
      if (scope === null) return write()
      // In the process first: those that wait on the server have a connection each, and would leave none to others.
      // Webhooks that wait for their application still do, as for its deletion.
      return turns.runExclusive(`${scope.applicationId}/${scope.webhookId ?? ''}`, signal, write)
    },
    rateLimiter: (limit) =>
      new RateLimiterPostgres({
        ...limit,
        storeClient: { query: (query: pg.QueryConfig) => pool.query(withTimeout(query, countTimeoutMs)) },
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        insuranceLimiter: new RateLimiterMemory(limit),
      }),
    async ping(signal) {
      await read((queries) => sql`select 1`.execute(queries), signal)
    },
    async migrate() {
      await checkEncoding(pool)
      try {
        return await migrate(new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }))
      } catch (error) {
        throw error instanceof NewerTables ? error : toStoreError(error)
      }
    },
    close: () => pool.end(),
  }
}

/** @throws Error if there are texts that the database cannot store */
async function checkEncoding(pool: pg.Pool): Promise<void> {
  const query = pool.query<{ encoding: string }>('select getdatabaseencoding() as encoding')
  const { rows } = await query.catch((error: unknown) => {
    throw toStoreError(error)
  })
  const encoding = rows[0]?.encoding ?? ''
  if (!['UTF8', 'SQL_ASCII'].includes(encoding))
    throw new Error(
      `the database has the encoding ${encoding}, which lacks most characters: make one in UTF8`,
    )
}

async function retry<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (!isRetriable(error)) throw error
    }
  }
}

function transaction<T>(
  pool: pg.Pool,
  scope: Scope,
  work: (queries: Queries) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return withConnection(pool, signal, async (connection) => {
    const { client, queries, detachSignal: letFinish, discard } = connection
    let mark: TransactionMark
    let value: T
    try {
      mark = await begin(client, scope)
      value = await work(queries)
      letFinish()
    } catch (error) {
      // One that cannot be rolled back is rolled back by the server when the connection ends.
      await client.query('rollback').catch(discard)
      throw error
    }
    await commit(connection, mark, pool.options)
    return value
  })
}

/**
 * Begins a transaction and waits until no other write of the scope runs: one that is about an
 * application excludes those about its webhooks.
 * @returns by what the server knows later whether it was committed
 */
async function begin(client: pg.PoolClient, scope: Scope): Promise<TransactionMark> {
  const { id, serverRun } = transactionMark
  const selection = [`${id} as id`, `${serverRun} as "serverRun"`, ...locks(scope)]
  const results: unknown = await client
    .query(`begin isolation level read committed; select ${selection.join(', ')}`)
    .catch((error: unknown) => {
      throw toStoreError(error)
    })
  const [, { rows }] = results as [unknown, pg.QueryResult<TransactionMark>]
  const [mark] = rows
  if (!mark) throw new Error('a select without a condition gave no row')
  return mark
}

function locks(scope: Scope): string[] {
  if (scope === null) return []
  const { applicationId, webhookId } = scope
  if (webhookId === undefined) return [`pg_advisory_xact_lock(${lockNumber(applicationId)})`]
  return [
    `pg_advisory_xact_lock_shared(${lockNumber(applicationId)})`,
    `pg_advisory_xact_lock(${lockNumber(`${applicationId}/${webhookId}`)})`,
  ]
}

/** 64 bits. Two scopes with the same number would wait for each other, and no more than that. */
function lockNumber(name: string): bigint {
  return createHash('sha256').update(`rekey ${name}`).digest().readBigInt64BE()
}

/** A bigint is a time or a count here, far below 2^53; the driver would give it as text. */
const bigintAsNumber = new pg.TypeOverrides()
bigintAsNumber.setTypeParser(pg.types.builtins.INT8, Number)
