import type { DatabaseLocation, Environment } from './config.ts'
import { databaseFault } from './config-error.ts'
import { readPostgresLocation } from './postgres-location.ts'
import { readSqliteFile } from './sqlite-file.ts'

/**
 * Reads `DATABASE_URL`: `sqlite:` and a path, or a PostgreSQL URL, whose missing parts come from libpq's environment
 * variables.
 * @throws ConfigError that names the variable, and repeats no password
 */
export function readDatabaseUrl(url: string, environment: Environment): DatabaseLocation {
  if (url.startsWith('sqlite:')) return { kind: 'sqlite', file: readSqliteFile(url) }
  if (/^postgres(ql)?:\/\//.test(url)) return readPostgresLocation(url, environment)
  throw databaseFault('must be sqlite:path/to/file.db or postgres://user:password@host:port/database')
}
