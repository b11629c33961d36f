import type { Database as SqliteDatabase, Statement } from 'better-sqlite3'
import { RekeyError } from '../../errors.ts'
import type { Queries } from '../store.ts'

/** Maximum number of writes per commit, so that the first write does not wait long for the last. */
const maxBatch = 128

interface Write {
  work: (queries: Queries) => Promise<unknown>
  signal: AbortSignal
  beforeCommit: (() => Promise<void>) | undefined
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

export interface GroupCommitOptions {
  /** Begins a transaction that holds the write lock. Gives up once `isWanted` returns false. */
  begin: (isWanted: () => boolean) => Promise<void>
  /** Called after each commit with the number of rows that this connection has changed so far. */
  afterCommit: (changes: number) => void
}

/** Thrown when a write fails after it has already changed something. */
class FailedHalfway extends Error {
  override name = 'FailedHalfway'
  readonly write: Write

  constructor(write: Write, cause: unknown) {
    super('a write failed after it had changed data', { cause })
    this.write = write
  }
}

/**
 * Runs writes one after another. Writes that wait at the same time share one transaction, and thus one flush to disk. A
 * write that fails before it changes anything is simply rejected. If a write fails later, the transaction is rolled
 * back and the other writes run again without the failed one. A savepoint per write would avoid these repeats, but such
 * failures are rare, and savepoints make every write 10% slower. A write resolves only after its commit.
 */
export class GroupCommit {
  readonly #database: SqliteDatabase
  readonly #queries: Queries
  readonly #begin: GroupCommitOptions['begin']
  readonly #afterCommit: GroupCommitOptions['afterCommit']
  readonly #countChanges: Statement
  readonly #commit: Statement
  readonly #rollback: Statement
  readonly #queue: Write[] = []
  #draining: Promise<void> | undefined

  /** @param queries uses the same connection as `database`; must not be used elsewhere */
  constructor(database: SqliteDatabase, queries: Queries, { begin, afterCommit }: GroupCommitOptions) {
    this.#database = database
    this.#queries = queries
    this.#begin = begin
    this.#afterCommit = afterCommit
    this.#countChanges = database.prepare('select total_changes()').pluck()
    this.#commit = database.prepare('commit')
    this.#rollback = database.prepare('rollback')
  }

  write<T>(
    work: (queries: Queries) => Promise<T>,
    signal: AbortSignal,
    beforeCommit?: () => Promise<void>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, signal, beforeCommit, resolve: resolve as (value: unknown) => void, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Resolves when no write is waiting or running. */
  async idle(): Promise<void> {
    await this.#draining
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // Wait one turn of the event loop, so that writes that arrive together share a commit.
      await new Promise(setImmediate)
      await this.#run(this.#queue.splice(0, maxBatch))
    }
    this.#draining = undefined
  }

  async #run(batch: Write[]): Promise<void> {
    const done: (() => void)[] = []
    try {
      await this.#begin(() => batch.some(({ signal }) => !signal.aborted))
      for (const write of batch) done.push(await this.#attempt(write))
      for (const beforeCommit of new Set(batch.map((write) => write.beforeCommit))) await beforeCommit?.()
      this.#commit.run()
    } catch (error) {
      this.#undo(error)
      if (error instanceof FailedHalfway) {
        error.write.reject(error.cause)
        await this.#run(batch.filter((write) => write !== error.write))
      } else {
        for (const { signal, reject } of batch) reject(signal.aborted ? signal.reason : error)
      }
      return
    }
    for (const settle of done) settle()
    this.#afterCommit(this.#countChanges.get() as number)
  }

  /**
   * Runs one write.
   * @returns a function that settles the write; call it after the commit
   * @throws FailedHalfway if the write fails after it has changed something; RekeyError `serviceUnavailable` if SQLite
   * has rolled back the whole batch
   */
  async #attempt(write: Write): Promise<() => void> {
    const { work, signal, resolve, reject } = write
    if (signal.aborted)
      return () => {
        reject(signal.reason)
      }
    const changes = this.#countChanges.get()
    try {
      const value = await work(this.#queries)
      signal.throwIfAborted()
      return () => {
        resolve(value)
      }
    } catch (error) {
      // After some errors (disk full, I/O), SQLite rolls back the whole transaction, and thus the entire batch.
      if (!this.#database.inTransaction) throw new RekeyError('serviceUnavailable', { cause: error })
      if (this.#countChanges.get() !== changes) throw new FailedHalfway(write, error)
      return () => {
        reject(error)
      }
    }
  }

  /** Rolls back the transaction, unless SQLite has already done so or the transaction never began. */
  #undo(error: unknown): void {
    try {
      if (this.#database.inTransaction) this.#rollback.run()
    } catch (cause) {
      if (error instanceof Error) error.cause ??= cause
    }
  }
}
