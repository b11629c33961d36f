import { invitationKeptMs } from '../domain/invitation.ts'
import { keptAfterEndMs } from '../domain/signing-key.ts'
import type { OperationContext } from '../operations/shared/operation.ts'
import { deleteExpiredIdempotencyRecords } from '../store/tables/idempotency-records.ts'
import { deleteExpiredInvitations } from '../store/tables/rotation-invitations.ts'
import { eraseSecrets, isErasureDue } from '../store/tables/sealing.ts'
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
  invitationsDeleted: number
}

/**
 * Erases the secrets of keys that expired or were revoked at least a day ago, and deletes expired idempotency records
 * and the invitations that expired at least a day ago.
 * @param now a time that has certainly passed, in milliseconds since 1970
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
    invitationsDeleted: await inBatches((queries) =>
      deleteExpiredInvitations(queries, now - invitationKeptMs, batchSize),
    ),
  }
}

export interface SweepOptions extends Pick<
  OperationContext,
  'store' | 'openedKeys' | 'keptKeys' | 'now' | 'settledTime'
> {
  logger: CoreLog
}

/**
 * Sweeps immediately, then every minute, and clears the caches of keys each time. Warns once if it keeps
 * secrets only because the clock may be wrong.
 * @returns a function that stops sweeping: it aborts a running sweep, and resolves when that sweep has ended
 */
export function startSweeping({
  store,
  openedKeys,
  keptKeys,
  now,
  settledTime,
  logger,
}: SweepOptions): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  let warned = false
  const warn = async (time: number) => {
    if (warned || !(await store.read((queries) => isErasureDue(queries, time - keptAfterEndMs), signal)))
      return
    warned = true
    logger.warn(
      { time: new Date(time).toISOString() },
      'secrets that are due for erasure are kept, because the clock may be wrong: it jumped, or by this clock Rekey ' +
        'has not run for more than an hour. They are erased once the clock has run steadily for an hour; if the time ' +
        'is wrong, correct it (check NTP)',
    )
  }
  const run = async () => {
    openedKeys.clear()
    keptKeys.clear()
    try {
      const settled = settledTime()
      await store.saveSettledTime(settled, signal)
      const swept = await sweep(store, settled, signal)
      if (Object.values(swept).some((count) => count > 0)) logger.info(swept, 'sweep completed')
      const time = now()
      if (settledTime() < time) await warn(time)
      else warned = false
    } catch (error) {
      if (!signal.aborted) logger.error({ error }, 'sweep failed; retrying in a minute')
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
