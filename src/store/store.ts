import type { Kysely } from 'kysely'
import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { Database } from './schema.ts'

/** What queries run on: a connection, or a transaction. */
export type Queries = Kysely<Database>

export interface CounterOptions {
  /** How many events there may be within the window. */
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
   * Runs `work` in a transaction that is serialised with every other one, and resolves once the
   * commit is on disk. If `work` rejects, nothing that it did is kept. `work` awaits queries only.
   */
  write<T>(work: (queries: Queries) => Promise<T>, signal: AbortSignal): Promise<T>
  /** A counter of events that all processes on the database share, where there may be several. */
  counter(options: CounterOptions): RateLimiterAbstract
  /** Reads something from the file or server itself. */
  ping(signal: AbortSignal): Promise<void>
  /** @returns the names of the migrations that ran */
  migrate(): Promise<string[]>
  /** Waits for the writes that are under way. */
  close(): Promise<void>
}
