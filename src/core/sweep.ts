import { keptAfterEndMs } from '../domain/signing-key.ts'
import { deleteExpiredIdempotencyRecords } from '../store/tables/idempotency-records.ts'
import { eraseSecrets } from '../store/tables/sealing.ts'
import type { CoreLog } from './core.ts'
import type { Queries, Store } from '../store/store.ts'

const intervalMs = 60_000
/** Maximum number of rows per write, low enough not to delay a waiting rotation noticeably. */
const batchSize = 200
/** Maximum number of batches per sweep. The next sweep processes the remaining rows. */
const maxBatches = 50

interface Swept {
  secretsErased: number
  idempotencyRecordsDeleted: number
}

/**
 * Erases the secrets of keys that expired or were revoked at least a day ago, and deletes expired idempotency records.
 * @param now milliseconds since 1970
 */
export async function sweep(store: Store, now: number, signal: AbortSignal): Promise<Swept> {
  const inBatches = async (step: (queries: Queries) => Promise<number>) => {
    let total = 0
    for (let batch = 0; batch < maxBatches; batch++) {
      const count = await store.write(null, step, signal)
      total += count
      if (count < batchSize) break
    }
    return total
  }
  return {
    secretsErased: await inBatches((queries) => eraseSecrets(queries, now - keptAfterEndMs, batchSize)),
    idempotencyRecordsDeleted: await inBatches((queries) =>
      deleteExpiredIdempotencyRecords(queries, now, batchSize),
    ),
  }
}

export interface SweepOptions {
  store: Store
  now: () => number
  logger: CoreLog
}

/**
 * Sweeps immediately, then every minute.
 * @returns a function that stops sweeping: it aborts a running sweep, and resolves when that sweep has ended
 */
export function startSweeping({ store, now, logger }: SweepOptions): () => Promise<void> {
  const stopping = new AbortController()
  const run = async () => {
    try {
      const swept = await sweep(store, now(), stopping.signal)
      if (swept.secretsErased + swept.idempotencyRecordsDeleted > 0) logger.info(swept, 'sweep completed')
    } catch (error) {
      if (!stopping.signal.aborted) logger.error({ error }, 'sweep failed; retrying in a minute')
    }
  }
  let running = run()
  const timer = setInterval(() => {
    running = running.then(run)
  }, intervalMs)
  return async () => {
    clearInterval(timer)
    stopping.abort()
    await running
  }
}
