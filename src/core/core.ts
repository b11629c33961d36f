import type { Caller, Input, OperationId } from '../operations/shared/operation.ts'
import type { RateLimit } from '../store/store.ts'

export type { Caller, Input, OperationId } from '../operations/shared/operation.ts'

/**
 * What HTTP runs on: the operations, the database and the encryption keys. Arguments and results are plain data, so
 * that it can run in another thread. Each call rejects with a RekeyError, with what went wrong inside, or with the
 * signal's reason if it was aborted before anything was changed. An operation or a rate limit may reject late, while
 * the thread is busy; `ping` gives up at once.
 */
export interface Core {
  /** Runs one operation of the document. */
  execute(call: OperationCall, signal: AbortSignal): Promise<SerializedResponse>
  /** Reads something from the database itself. */
  ping(signal: AbortSignal): Promise<void>
  /**
   * Counts one event for a key. Where several instances may share a database, they count together.
   * @param limit the same each time for a prefix
   * @returns milliseconds until the window ends if the key is over the limit, else null
   */
  consumeRateLimit(limit: RateLimit, key: string): Promise<number | null>
  /** Waits for what is under way, and closes the database. */
  close(): Promise<void>
}

/** Where the core logs: the log of the process, from whichever thread. */
export type CoreLog = Record<'info' | 'error', (details: object, text: string) => void>

/** One call of an operation. */
export interface OperationCall {
  operationId: OperationId
  /** Checked against the document. */
  input: Input<OperationId>
  caller: Caller
  requestId: string
}

/** A documented response of the operation. */
export interface SerializedResponse {
  status: number
  headers: Record<string, string>
  /** As JSON; undefined if the response has no body. */
  body: string | undefined
}
