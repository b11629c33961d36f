import { setTimeout as delay } from 'node:timers/promises'
import { DatabaseError, type Pool, type PoolClient } from 'pg'
import { RekeyError } from '../errors.ts'
import { toStoreError } from './postgres-errors.ts'

/** A commit may wait for replicas. After this long its connection is given up, and the server asked. */
const commitTimeoutMs = 15_000
/** For how long the server is asked what became of a commit. */
const inquiryTimeoutMs = 5_000
const inquiryIntervalMs = 100

/**
 * Commits the transaction that is open on the connection, and resolves only if it is committed. A
 * connection that breaks before the answer leaves that open: then the server is asked, on another one.
 * @param transactionId as `pg_current_xact_id()` gave it
 * @throws RekeyError `serviceUnavailable` if it certainly is not committed, `outcomeUnknown` if the server
 * cannot be asked either
 */
export async function commit(client: PoolClient, transactionId: string, pool: Pool): Promise<void> {
  let cause: unknown
  try {
    const { command } = await within(commitTimeoutMs, client.query('commit'))
    if (command === 'COMMIT') return
    throw new Error('the transaction had failed before its commit')
  } catch (error) {
    if (error instanceof DatabaseError && error.severity === 'ERROR') throw toStoreError(error)
    cause = error
  }
  const until = performance.now() + inquiryTimeoutMs
  while (performance.now() < until) {
    const status = await askFor(transactionId, pool, until - performance.now())
    if (status === 'committed') return
    if (status === 'aborted') throw new RekeyError('serviceUnavailable', { cause })
    await delay(inquiryIntervalMs)
  }
  throw new RekeyError('outcomeUnknown', { cause })
}

/** @returns undefined if the server cannot be asked now */
async function askFor(transactionId: string, pool: Pool, timeoutMs: number): Promise<string | undefined> {
  try {
    const question = pool.query<{ status: string }>('select pg_xact_status($1::xid8) as status', [
      transactionId,
    ])
    const { rows } = await within(timeoutMs, question)
    return rows[0]?.status
  } catch {
    // It is asked again until the time is over.
    return undefined
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const over = new AbortController()
  try {
    const tooLate = delay(milliseconds, undefined, { signal: over.signal }).then(() => {
      throw new Error(`no answer within ${milliseconds} ms`)
    })
    return await Promise.race([work, tooLate])
  } finally {
    over.abort()
  }
}
