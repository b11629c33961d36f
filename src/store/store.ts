import type { Kysely } from 'kysely'
import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { KeyOwner } from '../domain/signing-key.ts'
import type { Database } from './schema.ts'

/** What queries run on: a connection, or a transaction. */
export type Queries = Kysely<Database>

/**
 * What a write is about: a webhook, or an application with all its webhooks. null for changes of rows
 * that hold whatever else is written meanwhile.
 */
export type Scope = KeyOwner | { applicationId: string; webhookId?: never } | null

export interface RateLimit {
  /** How many events are allowed within the window. */
  points: number
  /** The window, in seconds. */
  duration: number
  keyPrefix: string
}

/**
 * The database. Both calls reject with a RekeyError: `serviceUnavailable` if the database cannot be
 * reached or written, and the signal's reason if it was aborted; then nothing was changed. What
 * `work` throws rejects the call as it is.
 */
export interface Store {
  /** Runs reads, outside of any transaction. */
  read<T>(work: (queries: Queries) => Promise<T>, signal: AbortSignal): Promise<T>
  /**
   * Runs `work` in a transaction, one after the other with every other write of the same scope, on
   * whichever instance, and resolves once the commit is on disk. If `work` rejects, nothing that it did
   * is kept. `work` awaits queries only, and may be run again from the start. Prepared queries, and no others,
   * may be begun together: they run in that order, and on PostgreSQL travel together. After one that fails those
   * behind it may still run, and are rolled back as well.
   */
  write<T>(scope: Scope, work: (queries: Queries) => Promise<T>, signal: AbortSignal): Promise<T>
  /** A rate limiter that all processes on the database share, where there may be several. */
  rateLimiter(limit: RateLimit): RateLimiterAbstract
  /** Reads something from the file or server itself. */
  ping(signal: AbortSignal): Promise<void>
  /** @returns the names of the migrations that ran */
  migrate(): Promise<string[]>
  /** Waits for what is under way. */
  close(): Promise<void>
}
