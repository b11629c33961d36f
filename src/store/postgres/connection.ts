import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { unlessAborted } from '../../abort.ts'
import { RekeyError } from '../../errors.ts'
import { hasLostStatement, toStoreError } from './errors.ts'
import { announcedPid, requestCancel, socketOf } from './pg-internals.ts'
import type { ServerPool } from './server-pool.ts'
import { setPreparedQueryRunner, type CompiledQueries } from '../prepared-query.ts'
import type { Database } from '../schema.ts'
import type { Queries } from '../store.ts'

/** How long a canceled statement may keep running before its connection is closed. */
const cancelTimeoutMs = 1_000
/** How often to ask the server to cancel, in milliseconds: it ignores a request that arrives before the statement. */
const cancelEveryMs = 200

/** Where connections come from, and what queries on them need. */
export interface ConnectionSource {
  pool: ServerPool
  /** The schema that holds Rekey's tables. */
  schema: string
  compiled: CompiledQueries
}

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
  source: ConnectionSource,
  signal: AbortSignal,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = await connect(source.pool, signal)
  let cancelled = false as boolean
  let cut: NodeJS.Timeout | undefined
  let repeat: NodeJS.Timeout | undefined
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
    const cancel = () => void requestCancel(client, cancelTimeoutMs)
    repeat = setInterval(cancel, cancelEveryMs)
    cancel()
  }
  signal.addEventListener('abort', stop, { once: true })
  causes.delete(client)
  try {
    return await work({
      client,
      queries: await queriesOn(client, source),
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
    clearInterval(repeat)
    signal.removeEventListener('abort', stop)
    // Close the connection after an abort: the cancel request could arrive late, and cancel a later statement.
    release(cancelled || stopped.has(client))
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

const known = new WeakMap<pg.PoolClient, Queries>()
/**
 * Clients that must not start another statement: nothing would cancel it, or the connection has lost its prepared
 * statements.
 */
const stopped = new WeakSet<pg.PoolClient>()
/** The error that aborted each client's transaction. */
const causes = new WeakMap<pg.PoolClient, unknown>()
/** PostgreSQL's code for every further statement of an aborted transaction (in_failed_sql_transaction). */
const inAbortedTransaction = '25P02'

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

/**
 * Returns a Kysely instance whose queries all run on this connection. Behind a pooler, prepared queries run without a
 * name, because the pooler may give each transaction another server process, in which no statement is prepared.
 */
async function queriesOn(client: pg.PoolClient, { schema, compiled }: ConnectionSource): Promise<Queries> {
  const found = known.get(client)
  if (found) return found
  const isDirect = await leadsToItsServer(client)
  const query = async (query: pg.QueryConfig) => {
    if (stopped.has(client)) throw new RekeyError('serviceUnavailable')
    corkUntilNextMicrotask(client)
    return client.query(query).catch((error: unknown) => {
      if (hasLostStatement(error)) stopped.add(client)
      // Of statements that were sent together, a later one may be the first whose failure the caller notices.
      if ((error as pg.DatabaseError).code === inAbortedTransaction && causes.has(client))
        throw causes.get(client)
      const cause = toStoreError(error)
      causes.set(client, cause)
      throw cause
    })
  }
  const connection = {
    query: (text: string, values: unknown[]) => query({ text, values }),
    release: () => undefined,
  }
  const pool = { connect: () => Promise.resolve(connection), end: () => Promise.resolve() }
  const queries = new Kysely<Database>({ dialect: new PostgresDialect({ pool: pool as never }) }).withSchema(
    schema,
  )
  setPreparedQueryRunner(
    queries,
    async ({ name, text, values }) =>
      (await query({ text, values, ...(isDirect && { name }) })).rows as unknown[],
    compiled,
  )
  known.set(client, queries)
  return queries
}

/**
 * Whether the connection leads to the server itself. A pooler announces a process ID of its own, because it cannot know
 * yet which server process will run a query.
 */
async function leadsToItsServer(client: pg.PoolClient): Promise<boolean> {
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return rows[0]?.pid === announcedPid(client)
  } catch (error) {
    throw toStoreError(error)
  }
}
