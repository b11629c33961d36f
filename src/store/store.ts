import type { Kysely } from 'kysely'
import type { KeyOwner } from '../domain/signing-key.ts'
import type { CountLimit } from '../event-counts.ts'
import type { Database } from './schema.ts'

/** A connection or transaction that runs queries. */
export type Queries = Kysely<Database>

/**
 * What a write affects: a webhook, or an application with all its webhooks. Null for changes that are correct
 * regardless of concurrent writes.
 */
export type Scope = KeyOwner | { applicationId: string; webhookId?: never } | null

export interface RateLimit extends CountLimit {
  keyPrefix: string
}

/**
 * Counts one event for a key.
 * @returns null if the key is within the limit, otherwise the milliseconds until the window ends
 */
export type RateLimiter = (key: string) => Promise<number | null>

/**
 * The database. `read` and `write` reject with RekeyError `serviceUnavailable` if the database cannot be reached or
 * written, and with the signal's reason if the signal aborts; in both cases nothing has changed. `write` rejects with
 * `outcomeUnknown` if it cannot determine whether PostgreSQL committed. An error from `work` rejects the call
 * unchanged.
 */
export interface Store {
  /**
   * Returns the current time in milliseconds since 1970. On PostgreSQL, it comes from the server's clock, which all
   * instances share; on SQLite, from this machine's clock.
   */
  now: () => number
  /**
   * How long one query of a long search should take at most, in milliseconds. On SQLite, queries run on the core's
   * thread.
   */
  queryMs: number
  /**
   * Returns a number that changes when any process commits to the database, and has changed before the commit's `write`
   * resolves; null on PostgreSQL, which has none.
   */
  version(): number | null
  /**
   * Returns the last saved settled time (see SettledClock), or that of the newest event in a database without one.
   * Returns `now` if there is neither, and on PostgreSQL, where the server's clock can be believed.
   * @param now milliseconds since 1970
   */
  readSettledTime(now: number): Promise<number>
  /** Saves the settled time, rounded down to a minute. Does nothing on PostgreSQL. */
  saveSettledTime(time: number, signal: AbortSignal): Promise<void>
  /** Runs `work` outside any transaction. `work` must only read, and must await each query before the next. */
  read<T>(work: (queries: Queries) => Promise<T>, signal: AbortSignal): Promise<T>
  /**
   * Returns a `read` for the requests of one application; undefined means that the requests belong to no application.
   * Slow or numerous reads of one application always leave connections for other applications.
   */
  readFor(applicationId: string | undefined): Store['read']
  /**
   * Runs `work` in a transaction. Writes of the same scope run one after another, across all instances. Resolves once
   * the commit is on disk; if `work` rejects, its changes are rolled back. `work` must await only queries, and may run
   * again from the start. Only prepared queries may be started concurrently: they run in the order in which they start,
   * and PostgreSQL receives them together. If one query fails, the queries after it may still run, but are rolled back
   * too.
   * @param beforeCommit runs after `work`; if it rejects, nothing is committed. Writes that share a commit and pass the
   * same function share one call.
   */
  write<T>(
    scope: Scope,
    work: (queries: Queries) => Promise<T>,
    signal: AbortSignal,
    beforeCommit?: () => Promise<void>,
  ): Promise<T>
  /** Creates a rate limiter. On PostgreSQL, all instances share its counts. */
  rateLimiter(limit: RateLimit): RateLimiter
  /** Checks that the database can be read. */
  ping(signal: AbortSignal): Promise<void>
  /** Runs all pending migrations. @returns the names of the migrations that ran */
  migrate(): Promise<string[]>
  /** Waits for pending reads and writes, then closes all connections. */
  close(): Promise<void>
}
