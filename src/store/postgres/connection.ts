import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { unlessAborted } from '../../abort.ts'
import { RekeyError } from '../../errors.ts'
import { toStoreError } from './errors.ts'
import { backendPid, socketOf } from './pg-internals.ts'
import type { ServerPool } from './server-pool.ts'
import { setPreparedQueryRunner } from '../prepared-query.ts'
import type { Database } from '../schema.ts'
import type { Queries } from '../store.ts'

/** How long a canceled statement may keep running before its connection is closed. */
const cancelTimeoutMs = 1_000

/** A pool connection, reserved for one read or write. */
export interface Connection {
  client: pg.PoolClient
  queries: Queries
  /** After this call, an abort has no effect. Throws the signal's reason if the signal has already aborted. */
  detachSignal: () => void
  /** Closes the connection instead of returning it to the pool. Use this if the connection's state is unknown. */
  discard: () => void
}

/**
 * Runs `work` on a connection reserved for it. When the signal aborts, Rekey asks the server to cancel the running
 * statement. If `work` then fails, the signal's reason is thrown.
 */
export async function withConnection<T>(
  pool: ServerPool,
  signal: AbortSignal,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = await connect(pool, signal)
  let cancelled = false as boolean
  let cut: NodeJS.Timeout | undefined
  let inUse = true
  const release = (discard: boolean) => {
    // Destroy the socket: otherwise, the driver would wait for all outstanding responses, which may never arrive.
    if (inUse && discard) socketOf(client).destroy()
    if (inUse) client.release(discard)
    inUse = false
  }
  const stop = () => {
    cancelled = true
    stopped.add(client)
    // Closes the connection if the server does not cancel the statement in time, or cannot be reached.
    cut = setTimeout(release, cancelTimeoutMs, true)
    void cancel(client, pool)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await work({
      client,
      queries: queriesOn(client),
      detachSignal: () => {
        signal.throwIfAborted()
        signal.removeEventListener('abort', stop)
      },
      discard: () => {
        release(true)
      },
    })
  } catch (error) {
    throw cancelled ? signal.reason : error
  } finally {
    clearTimeout(cut)
    signal.removeEventListener('abort', stop)
    // Close the connection after an abort: the cancel request could arrive late, and cancel a later statement.
    release(cancelled)
  }
}

async function connect(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  signal.throwIfAborted()
  const connecting = pool.connect()
  try {
    return await unlessAborted(connecting, signal)
  } catch (error) {
    connecting.then(
      (client) => {
        client.release()
      },
      () => undefined,
    )
    // A failure to connect is never the query's fault: report the database as unavailable.
    throw signal.aborted ? signal.reason : new RekeyError('serviceUnavailable', { cause: error })
  }
}

/** Asks the server to cancel the client's running statement. */
async function cancel(client: pg.PoolClient, pool: ServerPool): Promise<void> {
  try {
    await queryOnNewConnection(pool, client, cancelTimeoutMs, 'select pg_cancel_backend($1)', [
      backendPid(client),
    ])
  } catch {
    // If this request fails, the timer in withConnection closes the connection.
  }
}

/**
 * Runs a query on a new connection outside the pool, because the pool's connections may all be in use or lost.
 * @param sibling a connection to the same server
 * @param timeoutMs time limit for connecting, and again for the response
 */
export async function queryOnNewConnection<Row extends pg.QueryResultRow>(
  pool: ServerPool,
  sibling: pg.PoolClient,
  timeoutMs: number,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const client = pool.clientBeside(sibling, { connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<Row>(text, values)
    return rows
  } finally {
    void client.end()
  }
}

const known = new WeakMap<pg.PoolClient, Queries>()
/** Clients whose statement was canceled. They must not start another statement, because nothing would cancel it. */
const stopped = new WeakSet<pg.PoolClient>()

/**
 * Corks the socket until the next microtask, so that queries that start together share one system call. A system call
 * costs more than all other work of sending a query.
 */
function corkUntilNextMicrotask(client: pg.PoolClient): void {
  const socket = socketOf(client)
  socket.cork()
  queueMicrotask(() => {
    socket.uncork()
  })
}

/** Returns a Kysely instance whose queries all run on this connection. */
function queriesOn(client: pg.PoolClient): Queries {
  let queries = known.get(client)
  if (!queries) {
    const query = async (query: pg.QueryConfig) => {
      if (stopped.has(client)) throw new RekeyError('serviceUnavailable')
      corkUntilNextMicrotask(client)
      return client.query(query).catch((error: unknown) => {
        throw toStoreError(error)
      })
    }
    const connection = {
      query: (text: string, values: unknown[]) => query({ text, values }),
      release: () => undefined,
    }
    const pool = { connect: () => Promise.resolve(connection), end: () => Promise.resolve() }
    queries = new Kysely<Database>({ dialect: new PostgresDialect({ pool: pool as never }) })
    setPreparedQueryRunner(queries, async (prepared) => (await query(prepared)).rows as unknown[])
    known.set(client, queries)
  }
  return queries
}
