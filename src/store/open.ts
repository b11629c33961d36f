import type { DatabaseLocation } from '../config.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Store } from './store.ts'

/** Opens the database. @throws Error that names the file, if there is one that cannot be opened */
export function openStore(location: DatabaseLocation): Store {
  if (location.kind === 'postgres') return openPostgres(location.url)
  try {
    return openSqlite(location.file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`the database ${location.file} cannot be opened: ${reason}`, { cause })
  }
}
