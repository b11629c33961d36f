/**
 * What pg has and its types do not tell. Each holds for the version that `pg-internals.test.ts` names: a new version of
 * pg fails there until somebody has looked.
 */
import type { Socket } from 'node:net'
import type pg from 'pg'

/** The server process of a connection, as `pg_cancel_backend` takes it. */
export function backendPid(client: pg.PoolClient): number {
  return (client as unknown as { processID: number }).processID
}

/** The socket of a connection. */
export function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream
}

/** A query that fails after a time, in milliseconds, and with it its connection. */
export function withTimeout(query: pg.QueryConfig, milliseconds: number): pg.QueryConfig {
  const timed: pg.QueryConfig & { query_timeout: number } = { ...query, query_timeout: milliseconds }
  return timed
}
