import { DatabaseError } from 'pg'
import { RekeyError } from '../../errors.ts'

/**
 * Classes and codes that mean PostgreSQL cannot serve requests, rather than that a query is wrong (PostgreSQL
 * documentation, appendix A): connection, authorization, resources, operator intervention, system error, corruption,
 * missing database, read-only, idle timeout, lock not available.
 */
const unavailable = /^(08|28|53|57|58|XX001|XX002|3D000|25006|25P03|55P03)/
/** Serialization failure and deadlock: running the same transaction again may succeed. */
const retriable = new Set(['40001', '40P01'])

/** Converts an error of the driver to RekeyError `serviceUnavailable`, unless the query itself is at fault. */
export function toStoreError(error: unknown): unknown {
  const isFault =
    error instanceof DatabaseError ? !unavailable.test(error.code ?? '') : error instanceof TypeError
  // The driver reports broken connections with many kinds of errors.
  return isFault ? error : new RekeyError('serviceUnavailable', { cause: error })
}

export function isRetriable(error: unknown): boolean {
  return error instanceof DatabaseError && retriable.has(error.code ?? '')
}
