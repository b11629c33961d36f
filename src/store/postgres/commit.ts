import { setTimeout as delay } from 'node:timers/promises'
import { DatabaseError, type PoolClient } from 'pg'
import { RekeyError } from '../../errors.ts'
import type { Connection } from './connection.ts'
import { toStoreError } from './errors.ts'
import type { ServerPool } from './server-pool.ts'

/**
 * Time limit for a commit, which may wait for replicas. When it expires, Rekey drops the connection and asks the server
 * for the commit's outcome.
 */
const commitTimeoutMs = 15_000
/** How long Rekey keeps asking the server for a commit's outcome. */
const inquiryTimeoutMs = 5_000
/** Time limit for each inquiry: once for connecting, and again for the response. */
const responseTimeoutMs = 1_000
const inquiryIntervalMs = 100

/** SQL expressions whose values identify a transaction even after its connection is lost. */
export const transactionMark = {
  id: 'pg_current_xact_id()::text',
  /**
   * Changes whenever the server restarts or crashes. A crash resets the statistics, even if the postmaster survives.
   */
  serverRun: `concat(pg_postmaster_start_time(), ' ', (select stats_reset from pg_stat_bgwriter))`,
}
export type TransactionMark = Record<keyof typeof transactionMark, string>

/**
 * Commits the open transaction, and resolves only if it is committed. If the connection breaks before the response,
 * Rekey asks the server for the outcome on a new connection.
 * @throws RekeyError `serviceUnavailable` if the transaction is certainly not committed; `outcomeUnknown` if the server
 * does not report an outcome in time, or has crashed. A crashed server forgets transactions that were not on disk and
 * reuses their IDs, so `committed` may refer to a later transaction
 */
export async function commit(
  { client, discard }: Connection,
  mark: TransactionMark,
  pool: ServerPool,
): Promise<void> {
  let cause: unknown
  try {
    const { command } = await within(commitTimeoutMs, client.query('commit'))
    if (command === 'COMMIT') return
    throw new Error('the transaction had already failed, so the server rolled it back')
  } catch (error) {
    discard()
    if (error instanceof DatabaseError && error.severity === 'ERROR') throw toStoreError(error)
    cause = error
  }
  const until = performance.now() + inquiryTimeoutMs
  while (performance.now() < until) {
    const found = await askFor(mark, pool, client)
    if (found?.status === 'aborted') throw new RekeyError('serviceUnavailable', { cause })
    if (found?.status === 'committed') {
      if (found.serverRun === mark.serverRun) return
      break
    }
    await delay(inquiryIntervalMs)
  }
  throw new RekeyError('outcomeUnknown', { cause })
}

interface Found {
  /** `committed`, `aborted` or `in progress`; null if the server no longer knows the transaction. */
  status: string | null
  serverRun: string
}

/**
 * Asks the server for a transaction's status, on a new connection outside the pool, because the pool's connections may
 * all be in use or lost. No other server may be asked: it may not know of the transaction yet.
 * @param lost the connection on which the transaction ran
 * @returns undefined if the server does not respond
 */
async function askFor(
  { id }: TransactionMark,
  pool: ServerPool,
  lost: PoolClient,
): Promise<Found | undefined> {
  const client = pool.clientBeside(lost, {
    connectionTimeoutMillis: responseTimeoutMs,
    query_timeout: responseTimeoutMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const question = `select pg_xact_status($1::xid8) as status, ${transactionMark.serverRun} as "serverRun"`
    const { rows } = await client.query<Found>(question, [id])
    return rows[0]
  } catch {
    // `commit` asks again until its time limit expires.
    return undefined
  } finally {
    void client.end()
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no response to the commit within ${milliseconds} ms`))
    }, milliseconds)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
