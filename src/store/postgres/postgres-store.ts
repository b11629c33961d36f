import { sql } from 'kysely'
import pg from 'pg'
import type { PostgresLocation } from '../../config/config.ts'
import { FairGate } from '../../fair-gate.ts'
import { KeyedTurns } from '../../keyed-turns.ts'
import type { Queries, Store } from '../store.ts'
import { locks } from './advisory-locks.ts'
import { commit, transactionMark, type TransactionMark } from './commit.ts'
import { withConnection, type ConnectionSource } from './connection.ts'
import { DatabaseClock, serverTime } from './database-clock.ts'
import { isRetriable, toStoreError } from './errors.ts'
import { limitIdleTime } from './idle-time.ts'
import { migratePostgres } from './migrate-postgres.ts'
import { findPlacement } from './placement.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { ServerPool } from './server-pool.ts'

/** Maximum number of connections per process. By default, a PostgreSQL server allows 100 in total. */
const maxConnections = 20
/**
 * Maximum number of connections for writes, which can wait long for locks. One application can use half of these, and
 * half of all connections for its reads. That leaves at least three connections for other applications.
 */
const maxWrites = 14
/**
 * The scope of work that belongs to no single application, such as the sweep and the rate limits. No application ID is
 * empty.
 */
const ownScope = ''

/**
 * Opens a store on a PostgreSQL server. Writes of the same scope run one after another: within a process they take
 * turns, and across instances they take an advisory lock. Writes of different webhooks run concurrently.
 * @throws RekeyError `serviceUnavailable`; the errors of findPlacement
 */
export async function openPostgres(location: PostgresLocation): Promise<Store> {
  const pool = new ServerPool(location, {
    max: maxConnections,
    keepAlive: true,
    // Sends queries that start together without waiting for each response.
    pipeline: true,
    // Lets the process exit while a connection closes: after a network failure, the server never confirms the close.
    allowExitOnIdle: true,
    types: bigintAsNumber,
  })
  // Without a listener, `error` events would end the process. A broken connection also fails its next query.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))

  const placement = await findPlacement(pool, location.schema).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })
  const { schema } = placement
  const source: ConnectionSource = { pool, schema, compiled: new Map() }
  const clock = new DatabaseClock(() => {
    // If this fails, the next write reads the clock.
    readClock(pool, clock).catch(() => undefined)
  })
  const turns = new KeyedTurns(1)
  const reads = new FairGate(maxConnections)
  const writes = new FairGate(maxWrites)
  const readUnlimited: Store['read'] = (work, signal) =>
    withConnection(source, signal, ({ queries }) => work(queries))
  const readFor = (scope: string): Store['read'] => {
    return (work, signal) => reads.run(scope, signal, () => readUnlimited(work, signal))
  }

  return {
    now: () => clock.now(),
    queryMs: 10,
    version: () => null,
    readSettledTime: (now) => Promise.resolve(now),
    saveSettledTime: () => Promise.resolve(),
    read: readFor(ownScope),
    readFor: (applicationId) => readFor(applicationId ?? ownScope),
    write(scope, work, signal, beforeCommit) {
      const write = () =>
        writes.run(scope?.applicationId ?? ownScope, signal, () =>
          retry(() => transaction(source, clock, locks(scope, placement), work, signal, beforeCommit)),
        )
      if (scope === null) return write()
      // Writes take turns in the process first, because a write that waits in PostgreSQL occupies a connection of the
      // pool. A webhook's writes still wait in PostgreSQL for a write of the application, such as its deletion.
      return turns.run(`${scope.applicationId}/${scope.webhookId ?? ''}`, signal, write)
    },
    rateLimiter: (limit) =>
      createRateLimiter(
        (query) =>
          writes.run(ownScope, AbortSignal.timeout(location.client.connectionTimeoutMillis), () =>
            pool.query(query),
          ),
        schema,
        limit,
      ),
    async ping(signal) {
      // In a transaction, because a pooler may allow single statements only.
      await readUnlimited(
        (queries) => queries.transaction().execute((transaction) => sql`select 1`.execute(transaction)),
        signal,
      )
    },
    async migrate() {
      const names = await migratePostgres(pool, placement)
      await readClock(pool, clock).catch((error: unknown) => {
        throw toStoreError(error)
      })
      return names
    },
    close: () => pool.end(),
  }
}

async function readClock(pool: pg.Pool, clock: DatabaseClock): Promise<void> {
  const sentAt = performance.now()
  const { rows } = await pool.query<{ time: number }>(`select ${serverTime} as time`)
  if (rows[0]) clock.observe(rows[0].time, sentAt)
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
  source: ConnectionSource,
  clock: DatabaseClock,
  scopeLocks: string[],
  work: (queries: Queries) => Promise<T>,
  signal: AbortSignal,
  beforeCommit?: () => Promise<void>,
): Promise<T> {
  return withConnection(source, signal, async (connection) => {
    const { client, queries, detachSignal: letFinish, discard } = connection
    let mark: TransactionMark
    let value: T
    try {
      mark = await begin(client, clock, scopeLocks)
      value = await work(queries)
      await beforeCommit?.()
      letFinish()
    } catch (error) {
      // If the rollback fails, the server rolls back when the connection closes.
      await client.query('rollback').catch(discard)
      throw error
    }
    await commit(connection, mark, source.pool)
    return value
  })
}

/**
 * Begins a transaction and waits until no other write in the scope is running. Writes to an application and writes to
 * its webhooks also wait for each other. Then reads the server's clock, so that every write uses the time at which it
 * really starts.
 * @returns a mark for asking the server later whether the transaction was committed
 */
async function begin(
  client: pg.PoolClient,
  clock: DatabaseClock,
  scopeLocks: string[],
): Promise<TransactionMark> {
  const { id, serverRun } = transactionMark
  const selection = [`${id} as id`, `${serverRun} as "serverRun"`, ...scopeLocks, `${serverTime} as time`]
  const sentAt = performance.now()
  const results: unknown = await client
    .query(`begin isolation level read committed; ${limitIdleTime}; select ${selection.join(', ')}`)
    .catch((error: unknown) => {
      throw toStoreError(error)
    })
  const [, , { rows }] = results as [unknown, unknown, pg.QueryResult<TransactionMark & { time: number }>]
  const [row] = rows
  if (!row) throw new Error('PostgreSQL returned no transaction ID when the transaction began')
  const { time, ...mark } = row
  clock.observe(time, sentAt)
  return mark
}

/**
 * Parses bigint columns as numbers; by default, the driver returns them as text. Rekey's bigints are times and counts,
 * far below 2^53.
 */
const bigintAsNumber = new pg.TypeOverrides()
bigintAsNumber.setTypeParser(pg.types.builtins.INT8, Number)
