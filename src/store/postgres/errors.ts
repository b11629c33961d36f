import { DatabaseError } from 'pg'
import { RekeyError } from '../../errors.ts'

/**
 * Classes and codes with which PostgreSQL says that it cannot serve, rather than that a query is wrong
 * (PostgreSQL documentation, appendix A): connection, authorization, resources, operator intervention,
 * system error, corruption, no such database, read-only, idle for too long, lock not to be had.
 */
const unavailable = /^(08|28|53|57|58|XX001|XX002|3D000|25006|25P03|55P03)/
/** Serialization failure and deadlock: the same transaction, run again, may succeed. */
const retriable = new Set(['40001', '40P01'])

/**
 * What a call of the driver failed with, as the store's callers know it: RekeyError `serviceUnavailable`
 * unless the query itself was at fault.
 */
export function toStoreError(error: unknown): unknown {
  const isFault =
    error instanceof DatabaseError ? !unavailable.test(error.code ?? '') : error instanceof TypeError
  // The driver tells of broken connections in errors of every kind.
  return isFault ? error : new RekeyError('serviceUnavailable', { cause: error })
}

export function isRetriable(error: unknown): boolean {
  return error instanceof DatabaseError && retriable.has(error.code ?? '')
}
