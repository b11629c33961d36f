import { setTimeout as delay } from 'node:timers/promises'
import { DatabaseError, type PoolOptions } from 'pg'
import { RekeyError } from '../../errors.ts'
import { queryOnNewConnection, type Connection } from './connection.ts'
import { toStoreError } from './errors.ts'

/** A commit may wait for replicas. After this long its connection is given up, and the server asked. */
const commitTimeoutMs = 15_000
/** For how long the server is asked what became of a commit. */
const inquiryTimeoutMs = 5_000
/** How long one response is waited for. */
const responseTimeoutMs = 1_000
const inquiryIntervalMs = 100

/** What a transaction is known by later, as an SQL expression for each. */
export const transactionMark = {
  id: 'pg_current_xact_id()::text',
  /** Another one after any crash of the server, which also begins its statistics anew. */
  serverRun: `concat(pg_postmaster_start_time(), ' ', (select stats_reset from pg_stat_bgwriter))`,
}
export type TransactionMark = Record<keyof typeof transactionMark, string>

/**
 * Commits the transaction that is open on the connection, and resolves only if it is committed. A
 * connection that breaks before the response leaves that open: then the server is asked, on another one.
 * @throws RekeyError `serviceUnavailable` if it certainly is not committed, `outcomeUnknown` if the server
 * cannot be asked either, or has crashed: a transaction of which nothing was on disk then is forgotten,
 * and its id given to the next, which may have been committed
 */
export async function commit(
  { client, discard }: Connection,
  mark: TransactionMark,
  options: PoolOptions,
): Promise<void> {
  let cause: unknown
  try {
    const { command } = await within(commitTimeoutMs, client.query('commit'))
    if (command === 'COMMIT') return
    throw new Error('the transaction had failed before its commit')
  } catch (error) {
    discard()
    if (error instanceof DatabaseError && error.severity === 'ERROR') throw toStoreError(error)
    cause = error
  }
  const until = performance.now() + inquiryTimeoutMs
  while (performance.now() < until) {
    const found = await askFor(mark, options)
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
  /** Null if the server no longer knows; `in progress` is another. */
  status: string | null
  serverRun: string
}

/** @returns undefined if the server cannot be asked now */
async function askFor({ id }: TransactionMark, options: PoolOptions): Promise<Found | undefined> {
  try {
    const question = `select pg_xact_status($1::xid8) as status, ${transactionMark.serverRun} as "serverRun"`
    const [found] = await queryOnNewConnection<Found>(options, responseTimeoutMs, question, [id])
    return found
  } catch {
    // It is asked again until the time is over.
    return undefined
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${milliseconds} ms`))
    }, milliseconds)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
