import type { Database as SqliteDatabase, Statement } from 'better-sqlite3'
import { RekeyError } from '../errors.ts'
import type { Queries } from './store.ts'

/** How many writes share one commit at most, so that the first does not wait long for the last. */
const maxBatch = 128

interface Write {
  work: (queries: Queries) => Promise<unknown>
  signal: AbortSignal
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/**
 * Runs writes one after the other, and lets those that wait at the same time share one transaction
 * and so one flush to disk. Each has a savepoint of its own: one that fails leaves no trace and does
 * not touch the others. A write resolves only after the commit that holds it.
 */
export class GroupCommit {
  readonly #database: SqliteDatabase
  readonly #queries: Queries
  readonly #begin: (isWanted: () => boolean) => Promise<void>
  readonly #savepoint: Statement
  readonly #release: Statement
  readonly #rollbackTo: Statement
  readonly #commit: Statement
  readonly #rollback: Statement
  readonly #queue: Write[] = []
  #draining: Promise<void> | undefined

  /**
   * @param queries on the same connection as `database`, and nobody else's meanwhile
   * @param begin begins a transaction that holds the write lock; gives up once that is not wanted any more
   */
  constructor(database: SqliteDatabase, queries: Queries, begin: (isWanted: () => boolean) => Promise<void>) {
    this.#database = database
    this.#queries = queries
    this.#begin = begin
    this.#savepoint = database.prepare('savepoint "write"')
    this.#release = database.prepare('release "write"')
    this.#rollbackTo = database.prepare('rollback to "write"')
    this.#commit = database.prepare('commit')
    this.#rollback = database.prepare('rollback')
  }

  write<T>(work: (queries: Queries) => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, signal, resolve: resolve as (value: unknown) => void, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Resolves when no write is waiting or running. */
  async idle(): Promise<void> {
    await this.#draining
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#gather()
      await this.#run(this.#queue.splice(0, maxBatch))
    }
    this.#draining = undefined
  }

  /**
   * Waits as long as each turn of the event loop brings more writes. A flush stops the loop, which accepts no
   * more than one new connection a turn: many short turns, and one flush, serve all of them soonest.
   */
  async #gather(): Promise<void> {
    let before: number
    do {
      before = this.#queue.length
      await new Promise(setImmediate)
    } while (this.#queue.length > before && this.#queue.length < maxBatch)
  }

  async #run(batch: Write[]): Promise<void> {
    const done: (() => void)[] = []
    try {
      await this.#begin(() => batch.some(({ signal }) => !signal.aborted))
      for (const write of batch) done.push(await this.#inSavepoint(write))
      this.#commit.run()
    } catch (error) {
      this.#undo(error)
      for (const { signal, reject } of batch) reject(signal.aborted ? signal.reason : error)
      return
    }
    for (const settle of done) settle()
  }

  /** Runs one write, and returns how to settle it once the batch is committed. */
  async #inSavepoint({ work, signal, resolve, reject }: Write): Promise<() => void> {
    if (signal.aborted)
      return () => {
        reject(signal.reason)
      }
    this.#savepoint.run()
    try {
      const value = await work(this.#queries)
      signal.throwIfAborted()
      this.#release.run()
      return () => {
        resolve(value)
      }
    } catch (error) {
      // On some faults (disk full, I/O) SQLite rolls back everything, those before in the batch as well.
      if (!this.#database.inTransaction) throw new RekeyError('serviceUnavailable', { cause: error })
      this.#rollbackTo.run()
      this.#release.run()
      return () => {
        reject(error)
      }
    }
  }

  /** Rolls the batch back, unless SQLite has or it never began. */
  #undo(error: unknown): void {
    try {
      if (this.#database.inTransaction) this.#rollback.run()
    } catch (cause) {
      if (error instanceof Error) error.cause ??= cause
    }
  }
}
