import type { Caller, Input, OperationId } from '../operations/operation.ts'
import type { PageFeedbackRow } from '../store/schema.ts'
import type { CounterOptions } from '../store/store.ts'

/**
 * What stands behind HTTP: the operations, the database, and the keys that seal. Everything that is given and
 * answered is plain data, so that it can be had in another thread. Each call rejects with a RekeyError, with what
 * went wrong inside, or with the signal's reason if it was aborted before anything was changed. Of an
 * operation and a count that may come late, while the thread is busy; what only reads gives up at once.
 */
export interface Core {
  /** Runs one operation of the document. */
  operate(call: OperationCall, signal: AbortSignal): Promise<OperationAnswer>
  /** Reads something from the database itself. */
  ping(signal: AbortSignal): Promise<void>
  /**
   * Counts one more event for a key; all instances on the database count together, where there may be several.
   * @param counter the same each time for a prefix
   * @returns how long until the counter begins anew, in milliseconds, if that was too many; else null
   */
  overLimit(counter: CounterOptions, key: string): Promise<number | null>
  /** Counts one more answer to "Was this page helpful?". */
  countFeedback(answer: Pick<PageFeedbackRow, 'operation_id' | 'helpful'>, signal: AbortSignal): Promise<void>
  listFeedback(signal: AbortSignal): Promise<PageFeedbackRow[]>
  /** Waits for what is under way, and closes the database. */
  close(): Promise<void>
}

/** What the core has to tell goes into the log of the process, from whichever thread. */
export type CoreLog = Record<'info' | 'error', (details: object, text: string) => void>

/** One call of an operation, whichever it is. */
export interface OperationCall {
  operationId: OperationId
  /** Checked against the document. */
  input: Input<OperationId>
  caller: Caller
  requestId: string
}

/** One of the operation's documented answers. */
export interface OperationAnswer {
  status: number
  headers: Record<string, string>
  /** As JSON; undefined if the answer has none. */
  body: string | undefined
}
