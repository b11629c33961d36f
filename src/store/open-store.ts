import type { DatabaseLocation } from '../config/config.ts'
import { networkFileSystemWarning } from './sqlite/network-file-system.ts'
import type { Store } from './store.ts'

/**
 * Opens a store on a SQLite file or a PostgreSQL server.
 * @throws Error that names the SQLite file if the file cannot be opened
 */
export async function openStore(location: DatabaseLocation): Promise<Store> {
  // Imports only the driver in use, because loading a driver takes a good part of the startup time.
  if (location.kind === 'postgres') {
    const { openPostgres } = await import('./postgres/postgres-store.ts')
    return openPostgres(location)
  }
  const { openSqlite } = await import('./sqlite/sqlite-store.ts')
  try {
    return openSqlite(location.file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const remedy = networkFileSystemWarning(location) ?? 'check DATABASE_URL'
    throw new Error(`the database ${location.file} cannot be opened: ${reason}; ${remedy}`, { cause })
  }
}
