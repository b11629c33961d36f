import pg, { DatabaseError } from 'pg'
import type { PostgresLocation } from '../../config/config.ts'
import { ChannelBoundClient } from './channel-bound-client.ts'
import { withTimeout } from './pg-internals.ts'

/** Time limit for the query that checks whether Rekey may use a server. */
const checkTimeoutMs = 3_000
/** PostgreSQL's code for a server that is starting up or shutting down. */
const startingUp = '57P03'

type Callback = Exclude<Parameters<pg.Pool['connect']>[0], undefined>

/**
 * A pool of connections to one of several servers: the first that responds and that Rekey may use. New connections go
 * to the server of the latest one. If that fails, the other servers are tried in order.
 */
export class ServerPool extends pg.Pool {
  readonly #location: PostgresLocation
  readonly #verified = new WeakSet<pg.PoolClient>()
  #current = 0

  constructor(location: PostgresLocation, options: pg.PoolConfig) {
    super({
      ...options,
      ...location.client,
      ...location.servers[0],
      ...(location.requireChannelBinding && { Client: ChannelBoundClient }),
    })
    this.#location = location
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: Callback): void
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const connecting = this.#connect()
    if (!callback) return connecting
    connecting.then(
      (client) => {
        callback(undefined, client, client.release.bind(client))
      },
      (error: unknown) => {
        callback(error as Error, undefined, () => undefined)
      },
    )
    return undefined
  }

  /** Returns a client for a connection outside the pool, to the server of one of the pool's connections. */
  clientBeside({ host, port }: pg.PoolClient, options: pg.ClientConfig): pg.Client {
    const Client = this.#location.requireChannelBinding ? ChannelBoundClient : pg.Client
    return new Client({ ...this.#location.client, host, port, ...options })
  }

  async #connect(): Promise<pg.PoolClient> {
    const { servers } = this.#location
    const inOrder = [...servers.slice(this.#current), ...servers.slice(0, this.#current)]
    const failures: string[] = []
    for (const server of inOrder) {
      // A connection that waits for a free slot goes to the server that is set when it opens.
      Object.assign(this.options, server)
      try {
        const client = await super.connect()
        await this.#verify(client)
        return client
      } catch (error) {
        if (servers.length === 1 || !isFaultOfServer(error)) throw explain(error)
        failures.push(`${server.host}:${server.port}: ${explain(error).message}`)
      }
    }
    throw new Error(`none of the servers can be used: ${failures.join('; ')}`)
  }

  /** Checks the server of a new connection. @throws Error if Rekey may not use that server */
  async #verify(client: pg.PoolClient): Promise<void> {
    if (this.#verified.has(client)) return
    const { servers, targetSession } = this.#location
    if (targetSession !== 'any' && !(await isUsable(client, targetSession))) {
      client.release(true)
      throw new Error(
        targetSession === 'primary' ? 'the server is a standby' : 'the server does not accept writes',
      )
    }
    this.#verified.add(client)
    this.#current = servers.findIndex(({ host, port }) => host === client.host && port === client.port)
  }
}

const usable = {
  // On a standby, every transaction is read-only.
  'read-write': `current_setting('transaction_read_only') = 'off'`,
  primary: 'not pg_is_in_recovery()',
}

async function isUsable(client: pg.PoolClient, targetSession: keyof typeof usable): Promise<boolean> {
  try {
    const text = `select ${usable[targetSession]} as usable`
    const { rows } = await client.query<{ usable: boolean }>(withTimeout({ text }, checkTimeoutMs))
    return rows[0]?.usable === true
  } catch (error) {
    client.release(true)
    throw error
  }
}

/** Whether another server may accept the connection. All servers have the same users and databases. */
function isFaultOfServer(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === startingUp
  // The pool's message if no connection became free in time.
  return !(error instanceof Error && error.message === 'timeout exceeded when trying to connect')
}

/** Adds what to do about a certificate that Rekey does not trust. */
function explain(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const { code = '', message }: NodeJS.ErrnoException = error
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new Error(`${message}; set the host in DATABASE_URL to a name in the certificate`, {
      cause: error,
    })
  if (/CERT|ISSUER|LEAF_SIGNATURE/.test(code))
    return new Error(
      `the server's certificate is not trusted (${code}); set sslrootcert in DATABASE_URL to the file with its CA ` +
        'certificate',
      { cause: error },
    )
  return error
}
