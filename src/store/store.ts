import type { Kysely } from 'kysely'
import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { KeyOwner } from '../domain/signing-key.ts'
import type { Database } from './schema.ts'

/** A connection or a transaction, on which queries run. */
export type Queries = Kysely<Database>

/**
 * What a write affects: a webhook, or an application with all its webhooks. Null for changes that are correct
 * regardless of concurrent writes.
 */
export type Scope = KeyOwner | { applicationId: string; webhookId?: never } | null

export interface RateLimit {
  /** Events allowed within the window. */
  points: number
  /** The window, in seconds. */
  duration: number
  keyPrefix: string
}

/**
 * The database. `read` and `write` reject with RekeyError `serviceUnavailable` if the database cannot be reached or
 * written, and with the signal's reason if it was aborted; then nothing was changed. An error of `work` rejects the
 * call unchanged.
 */
export interface Store {
  /** Runs reads outside any transaction. */
  read<T>(work: (queries: Queries) => Promise<T>, signal: AbortSignal): Promise<T>
  /**
   * Runs `work` in a transaction. All writes of one scope run one after another, across all instances. Resolves once
   * the commit is on disk; if `work` rejects, its changes are rolled back. `work` must await only queries, and may run
   * again from the start. Only prepared queries may be started together: they run in that order, and on PostgreSQL
   * travel together. If one fails, the queries after it may still run, and are rolled back as well.
   */
  write<T>(scope: Scope, work: (queries: Queries) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Makes a rate limiter. On PostgreSQL, all instances share it. */
  rateLimiter(limit: RateLimit): RateLimiterAbstract
  /** Checks the file or server by reading from it. */
  ping(signal: AbortSignal): Promise<void>
  /** @returns the names of the migrations that ran */
  migrate(): Promise<string[]>
  /** Waits for pending work, then closes the connections. */
  close(): Promise<void>
}
