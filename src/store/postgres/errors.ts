import { DatabaseError } from 'pg'
import { RekeyError } from '../../errors.ts'

/**
 * PostgreSQL's error classes and codes for an unavailable database, as opposed to a wrong query (PostgreSQL
 * documentation, appendix A). Most concern the connection, authorization, resources, operator intervention, the system,
 * the configuration file, internal errors and corruption, a missing database or schema, a read-only database, timeouts
 * in a transaction, or unavailable locks. The others mean that someone changed the database while the server ran:
 * privileges, tables, columns or functions are missing, or a pooler mixed up prepared statements. PostgreSQL also
 * reports a table as missing if Rekey may not use its schema.
 */
const unavailable =
  /^(08|28|53|57|58|F0|XX|3D000|3F000|25006|25P03|25P04|55P03|42501|42P01|42703|42883|26000|42P05)/
/** Codes for a serialization failure and a deadlock, after which the same transaction may succeed if it runs again. */
const retriable = new Set(['40001', '40P01'])

/**
 * Converts a driver error to RekeyError `serviceUnavailable`. Returns the error unchanged if the query itself is wrong.
 */
export function toStoreError(error: unknown): unknown {
  const isFault =
    error instanceof DatabaseError ? !unavailable.test(error.code ?? '') : error instanceof TypeError
  // The driver reports broken connections with many kinds of errors, so any other error means an unavailable database.
  return isFault ? error : new RekeyError('serviceUnavailable', { cause: error })
}

export function isRetriable(error: unknown): boolean {
  return error instanceof DatabaseError && retriable.has(error.code ?? '')
}
