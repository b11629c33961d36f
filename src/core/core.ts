import type { Caller, Input, OperationId } from '../operations/shared/operation.ts'
import type { RateLimit } from '../store/store.ts'

export type { Caller, Input, OperationId } from '../operations/shared/operation.ts'

/**
 * What HTTP runs on: the operations, the database and the encryption keys. Arguments and results are plain data, so the
 * core can run in another thread. Each call rejects with a RekeyError, with an unexpected error, or with the signal's
 * reason if it was aborted before anything was changed. While the thread is busy, an aborted operation or rate limit
 * may reject late; `ping` rejects immediately.
 */
export interface Core {
  /** Runs one operation of the document. */
  execute(call: OperationCall, signal: AbortSignal): Promise<SerializedResponse>
  /** Checks the database by reading from it. */
  ping(signal: AbortSignal): Promise<void>
  /**
   * Counts one event for a key. Instances that share a database count together.
   * @param limit must be the same on every call with its prefix
   * @returns milliseconds until the window ends if the key is over the limit, else null
   */
  consumeRateLimit(limit: RateLimit, key: string): Promise<number | null>
  /** Waits for pending work, then closes the database. */
  close(): Promise<void>
}

/** Writes to the log of the process, from any thread. */
export type CoreLog = Record<'info' | 'error', (details: object, text: string) => void>

export interface OperationCall {
  operationId: OperationId
  /** Already validated against the document. */
  input: Input<OperationId>
  caller: Caller
  requestId: string
}

/** A response that the document describes. */
export interface SerializedResponse {
  status: number
  headers: Record<string, string>
  /** As JSON; undefined if the response has no body. */
  body: string | undefined
}
