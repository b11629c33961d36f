import { CompiledQuery, type ControlledTransaction } from 'kysely'
import { RekeyError } from '../errors.ts'
import type { Database } from './schema.ts'
import type { Queries } from './store.ts'

/** How many writes share one commit at most, so that the first does not wait long for the last. */
const maxBatch = 128
/** Kysely's own savepoints compile these each time. */
const savepoint = CompiledQuery.raw('savepoint "write"')
const release = CompiledQuery.raw('release "write"')
const rollback = CompiledQuery.raw('rollback to "write"')

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
  readonly #begin: (until: AbortSignal) => Promise<ControlledTransaction<Database>>
  readonly #queue: Write[] = []
  #draining: Promise<void> | undefined

  /** @param begin opens a transaction that holds the write lock; gives up when `until` aborts */
  constructor(begin: (until: AbortSignal) => Promise<ControlledTransaction<Database>>) {
    this.#begin = begin
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
    // Lets every request that is ready in this turn of the event loop join the first batch.
    await new Promise(setImmediate)
    while (this.#queue.length > 0) await this.#commit(this.#queue.splice(0, maxBatch))
    this.#draining = undefined
  }

  async #commit(batch: Write[]): Promise<void> {
    const done: (() => void)[] = []
    try {
      const transaction = await whileAnyWaits(batch, (until) => this.#begin(until))
      try {
        for (const write of batch) done.push(await inSavepoint(transaction, write))
        await transaction.commit().execute()
      } catch (error) {
        // SQLite rolls back by itself on some faults (disk full, I/O); then there is nothing to roll back.
        await transaction
          .rollback()
          .execute()
          .catch((cause: unknown) => {
            if (error instanceof Error) error.cause ??= cause
          })
        throw error
      }
    } catch (error) {
      for (const { signal, reject } of batch) reject(signal.aborted ? signal.reason : error)
      return
    }
    for (const settle of done) settle()
  }
}

/** Runs one write, and returns how to settle it once the batch is committed. */
async function inSavepoint(
  transaction: ControlledTransaction<Database>,
  { work, signal, resolve, reject }: Write,
): Promise<() => void> {
  if (signal.aborted)
    return () => {
      reject(signal.reason)
    }
  await transaction.executeQuery(savepoint)
  try {
    const value = await work(transaction)
    signal.throwIfAborted()
    await transaction.executeQuery(release)
    return () => {
      resolve(value)
    }
  } catch (error) {
    try {
      await transaction.executeQuery(rollback)
      await transaction.executeQuery(release)
    } catch {
      // On some faults SQLite rolls back everything, and there is no savepoint any more.
      throw new RekeyError('serviceUnavailable', { cause: error })
    }
    return () => {
      reject(error)
    }
  }
}

/** Runs `work` with a signal that aborts once every write of the batch has been aborted. */
async function whileAnyWaits<T>(batch: Write[], work: (until: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let left = batch.length
  for (const { signal } of batch) {
    const gone = () => {
      left -= 1
      if (left === 0) controller.abort(signal.reason)
    }
    if (signal.aborted) gone()
    else signal.addEventListener('abort', gone, { once: true, signal: controller.signal })
  }
  try {
    return await work(controller.signal)
  } finally {
    // Takes the listeners off the signals, some of which, such as that of the sweep, live as long as the process.
    controller.abort()
  }
}
