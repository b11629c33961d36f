import type { Invitation } from '../domain/invitation.ts'
import type { Input, OperationContext, OperationId } from '../operations/shared/operation.ts'
import type { PublicJwk } from '../domain/public-key.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
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
   * Counts a request without a valid token for its network. Instances that share a PostgreSQL database share the counts.
   * @returns null if the network is within the limit, otherwise the milliseconds until the window ends
   */
  countFailedAuthentication(network: string): Promise<number | null>
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

export interface OperationCall
  extends
    Pick<OperationContext, 'caller' | 'requestId'>,
    Partial<Pick<OperationContext, 'trace' | 'publicUrl'>> {
  operationId: OperationId
  /** Already validated against the OpenAPI document. */
  input: Input<OperationId>
}

/** A documented response, as plain data. */
export interface SerializedResponse {
  status: number
  headers: Record<string, string>
  /** As JSON; undefined if the response has no body. */
  body: string | undefined
}
