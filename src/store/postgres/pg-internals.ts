/**
 * Properties of pg that its types omit. They are known to exist in the version that `pg-internals.test.ts` names. That
 * test fails for any other version until someone has checked it.
 */
import type { Socket } from 'node:net'
import type pg from 'pg'

/** The ID of the server process of a connection, for `pg_cancel_backend`. */
export function backendPid(client: pg.PoolClient): number {
  return (client as unknown as { processID: number }).processID
}

export function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream
}

/** Adds a timeout to a query. When it expires, the query fails and the connection is unusable. */
export function withTimeout(query: pg.QueryConfig, milliseconds: number): pg.QueryConfig {
  const timed: pg.QueryConfig & { query_timeout: number } = { ...query, query_timeout: milliseconds }
  return timed
}
