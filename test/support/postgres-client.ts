import pg from 'pg'

/**
 * Opens a pool with one connection. A pool's `end` resolves before its connections are closed, so dropping the database
 * or stopping the server may still break one. Such an error of an idle connection concerns no test.
 */
export function openPool(url: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 1, ...options })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

const administrators = new Map<string, pg.Pool>()

/** Runs an SQL statement on the server at `serverUrl`. The connection stays open until this process has no other work. */
export async function administrate(serverUrl: string, statement: string): Promise<void> {
  const pool = administrators.get(serverUrl) ?? openPool(serverUrl, { allowExitOnIdle: true })
  administrators.set(serverUrl, pool)
  await pool.query(statement)
}

/** Returns the URL of a database on the server at `serverUrl`. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
