import { DatabaseError } from 'pg'
import { RekeyError } from '../../errors.ts'

/**
 * PostgreSQL's error classes and codes that mean the database is unavailable, not that Rekey sent an invalid query
 * (PostgreSQL documentation, appendix A).
 */
const unavailable = [
  '08', // connection failed
  '28', // authorization failed
  '53', // insufficient resources
  '57', // operator intervention
  '58', // system error
  'F0', // configuration file error
  'XX', // internal error, corruption
  '25006', // the database is read-only
  '25P03', // idle too long in a transaction
  '25P04', // the transaction took too long
  '26000', // a pooler mixed up prepared statements
  '3D000', // no such database
  '3F000', // no such schema
  '42501', // a privilege was revoked
  '42703', // a column was removed
  '42883', // a function was removed
  '42P01', // a table was removed, or Rekey may not use its schema
  '42P05', // a pooler mixed up prepared statements
  '55P03', // lock not available
]
/** Codes for a serialization failure and a deadlock, after which the same transaction may succeed if it runs again. */
const retriable = new Set(['40001', '40P01'])

/**
 * Converts a driver error to RekeyError `serviceUnavailable`. Returns the error unchanged if the query itself is wrong.
 */
export function toStoreError(error: unknown): unknown {
  const isFault =
    error instanceof DatabaseError
      ? !unavailable.some((code) => error.code?.startsWith(code))
      : error instanceof TypeError
  // The driver reports broken connections with many kinds of errors, so any other error means an unavailable database.
  return isFault ? error : new RekeyError('serviceUnavailable', { cause: error })
}

/** Whether a connection lost a prepared statement, as happens if a pooler gives it another server process. */
export function hasLostStatement(error: unknown): boolean {
  return error instanceof DatabaseError && ['26000', '42P05'].includes(error.code ?? '')
}

export function isRetriable(error: unknown): boolean {
  return error instanceof DatabaseError && retriable.has(error.code ?? '')
}
