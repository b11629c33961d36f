/**
 * Accesses pg properties that are missing from pg's types. The properties exist in the pg version named in
 * `pg-internals.test.ts`. That test fails for any other version until someone has checked the properties in it.
 */
import type { Socket } from 'node:net'
import type pg from 'pg'

/** Returns the process ID of the connection's server process, for `pg_cancel_backend`. */
export function backendPid(client: pg.PoolClient): number {
  return (client as unknown as { processID: number }).processID
}

export function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream
}

/** Adds a timeout to a query. When the timeout expires, the query fails and its connection can no longer be used. */
export function withTimeout(query: pg.QueryConfig, milliseconds: number): pg.QueryConfig {
  const timed: pg.QueryConfig & { query_timeout: number } = { ...query, query_timeout: milliseconds }
  return timed
}
