/**
 * Accesses pg properties that are missing from pg's types. The properties exist in the pg version named in
 * `pg-internals.test.ts`. That test fails for any other version until someone has checked the properties in it.
 */
import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import pg from 'pg'

interface ClientInternals {
  connection: { stream: Socket }
  processID: number
  secretKey: number
  host: string
  port: number
  ssl: boolean | object
  sslNegotiation: string
}

interface ConnectionInternals extends EventEmitter {
  stream: Socket
  connect: (portOrPath: number | string, host?: string) => void
  requestSsl: () => void
  cancel: (processID: number, secretKey: number) => void
}

function internals(client: pg.PoolClient): ClientInternals {
  return client as unknown as ClientInternals
}

/**
 * Returns the process ID that the connection received when it began. A server sends the ID of its process; a pooler
 * sends an arbitrary number.
 */
export function announcedPid(client: pg.PoolClient): number {
  return internals(client).processID
}

export function socketOf(client: pg.PoolClient): Socket {
  return internals(client).connection.stream
}

/**
 * Asks the server to cancel the client's running statement, with the protocol's own request: a pooler passes it on to
 * the right server process. Resolves once the request is delivered or has failed, or the time is up.
 */
export async function requestCancel(client: pg.PoolClient, timeoutMs: number): Promise<void> {
  const { processID, secretKey, host, port, ssl, sslNegotiation } = internals(client)
  const config = { ssl, sslNegotiation } as pg.ConnectionConfig
  const connection = new pg.Connection(config) as unknown as ConnectionInternals
  const send = () => {
    connection.cancel(processID, secretKey)
  }
  const ended = new Promise((resolve) => connection.once('end', resolve).on('error', resolve))
  connection.once('sslconnect', send).once('connect', () => {
    if (!ssl) send()
    else if (sslNegotiation !== 'direct') connection.requestSsl()
  })
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
  else connection.connect(port, host)
  const timer = setTimeout(() => connection.stream.destroy(), timeoutMs)
  await ended
  clearTimeout(timer)
  connection.stream.destroy()
}

/** Adds a timeout to a query. When the timeout expires, the query fails and its connection can no longer be used. */
export function withTimeout(query: pg.QueryConfig, milliseconds: number): pg.QueryConfig {
  const timed: pg.QueryConfig & { query_timeout: number } = { ...query, query_timeout: milliseconds }
  return timed
}
