import pg from 'pg'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

export interface OwnPostgres {
  server: () => PostgresServer
  /**
   * Runs a statement as superuser, by default in the `postgres` database. Table names need no schema.
   * @returns the rows
   */
  sql: <Row extends pg.QueryResultRow>(statement: string, databaseUrl?: string) => Promise<Row[]>
  /** Creates an empty database. `clause` is added to the `create database` statement. @returns the database's URL */
  newDatabase: (clause?: string) => Promise<string>
  /** Runs statements in a transaction, and leaves the transaction open. @returns a function that rolls it back */
  hold: (databaseUrl: string, ...statements: string[]) => Promise<() => Promise<void>>
}

/** Starts a PostgreSQL server for one test file. The tests in that file may stop or damage the server. */
export function ownPostgres(settings: Record<string, string> = {}): OwnPostgres {
  let postgres: PostgresServer | undefined
  let databases = 0
  beforeAll(async () => {
    postgres = await startPostgres(settings)
  }, 60_000)
  afterAll(() => postgres?.remove())
  const server = () => {
    if (!postgres) throw new Error('PostgreSQL did not start')
    return postgres
  }
  const connect = async (url: string) => {
    const client = new pg.Client({ connectionString: url, options: '-c search_path=rekey,public' })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const sql: OwnPostgres['sql'] = async <Row extends pg.QueryResultRow>(
    statement: string,
    url = server().url,
  ) => {
    const client = await connect(url)
    try {
      return (await client.query<Row>(statement)).rows
    } finally {
      await client.end()
    }
  }
  return {
    server,
    sql,
    newDatabase: async (clause = '') => {
      const name = `faults_${databases++}`
      await sql(`create database ${name} ${clause}`)
      const url = new URL(server().url)
      url.pathname = `/${name}`
      return url.href
    },
    hold: async (url, ...statements) => {
      const client = await connect(url)
      const end = () => client.end()
      onTestFinished(end)
      for (const statement of ['begin', ...statements]) await client.query(statement)
      return end
    },
  }
}
