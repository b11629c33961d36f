import type { DatabaseLocation } from '../config/config.ts'
import type { Store } from './store.ts'

/** Opens the database. @throws Error that names the file, if there is one that cannot be opened */
export async function openStore(location: DatabaseLocation): Promise<Store> {
  // Only the driver that is used, since to load one is a good part of a start.
  if (location.kind === 'postgres') {
    const { openPostgres } = await import('./postgres/postgres-store.ts')
    return openPostgres(location.url)
  }
  const { openSqlite } = await import('./sqlite/sqlite-store.ts')
  try {
    return openSqlite(location.file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the database ${location.file} cannot be opened: ${reason}`, { cause })
  }
}
