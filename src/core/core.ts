import type { Invitation } from '../domain/invitation.ts'
import type { Caller, Input, OperationId } from '../operations/shared/operation.ts'
import type { PublicJwk } from '../domain/public-key.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import type { RateLimit } from '../store/store.ts'
import type { TraceContext } from '../trace-context.ts'
import type { KeyStatistics } from '../store/tables/key-statistics.ts'

export type { Invitation } from '../domain/invitation.ts'
export type { Caller, Input, OperationId, TokenContent } from '../operations/shared/operation.ts'
export type { KeyStatistics } from '../store/tables/key-statistics.ts'

/**
 * The part of Rekey below HTTP: operations, database and encryption keys. Arguments and results are plain data, so the
 * core can run in its own thread. A failed call rejects with a RekeyError, an unexpected error, or the signal's reason
 * if the signal aborted before anything changed. After an abort, `findInvitation`, `ping`, `publicKeys` and
 * `keyStatistics` reject immediately, but `execute` may reject late while the core's thread is busy.
 */
export interface Core {
  /** Runs an operation of the OpenAPI document. */
  execute(call: OperationCall, signal: AbortSignal): Promise<SerializedResponse>
  /** Finds the invitation that a token belongs to. The token must begin with `rki_`. */
  findInvitation(token: string, signal: AbortSignal): Promise<FoundInvitation>
  /** Checks that the database can be read. */
  ping(signal: AbortSignal): Promise<void>
  /**
   * Returns the public keys of a webhook's live keys, newest first; none if it does not exist or has another scheme than
   * `ed25519`.
   */
  publicKeys(owner: KeyOwner, signal: AbortSignal): Promise<PublicJwk[]>
  /** Summarizes all keys. The result is the same on all instances that share a database. */
  keyStatistics(signal: AbortSignal): Promise<KeyStatistics>
  /**
   * Counts one event for a key. Instances that share a PostgreSQL database share the counts.
   * @param limit must be the same in every call with the same `keyPrefix`
   * @returns null if the key is within the limit, otherwise the milliseconds until the window ends
   */
  consumeRateLimit(limit: RateLimit, key: string): Promise<number | null>
  /** Stops the sweep and the scheduled probes, waits for pending reads and writes, then closes the database. */
  close(): Promise<void>
}

export type LogLevel = 'info' | 'warn' | 'error'

/** Writes to the process's log, from any thread. */
export type CoreLog = Record<LogLevel, (details: object, text: string) => void>

/** An invitation whose token is accepted, with the actor for the audit trail; or why the token is not accepted. */
export type FoundInvitation =
  | { invitation: Invitation; actor: string; fault: null }
  | { invitation?: never; actor?: never; fault: string }

export interface OperationCall {
  operationId: OperationId
  /** Already validated against the OpenAPI document. */
  input: Input<OperationId>
  caller: Caller
  /** Null if a CLI command executes the operation. */
  requestId: string | null
  /** Undefined if the request belongs to no trace. */
  trace?: TraceContext | undefined
  /** The URL at which people reach the server, without a trailing slash. Undefined if unknown. */
  publicUrl?: string | undefined
}

/** A documented response, as plain data. */
export interface SerializedResponse {
  status: number
  headers: Record<string, string>
  /** As JSON; undefined if the response has no body. */
  body: string | undefined
}
