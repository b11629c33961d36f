import type { PublicJwk } from '../../domain/public-key.ts'
import type { KeyOwner } from '../../domain/signing-key.ts'
import type { RateLimit } from '../../store/store.ts'
import type { FoundInvitation, KeyStatistics, LogLevel, OperationCall, SerializedResponse } from '../core.ts'
import type { SerializedError } from './serialized-error.ts'

/** The methods that can be called on the core's thread, each with its argument and result. */
export interface Calls {
  /** Never sent: starting the thread implies this call, with the ID `openingId`. */
  open: { argument: undefined; result: undefined }
  execute: { argument: OperationCall; result: SerializedResponse }
  findInvitation: { argument: string; result: FoundInvitation }
  ping: { argument: undefined; result: undefined }
  publicKeys: { argument: KeyOwner; result: PublicJwk[] }
  keyStatistics: { argument: undefined; result: KeyStatistics }
  consumeRateLimit: { argument: { limit: RateLimit; key: string }; result: number | null }
  close: { argument: undefined; result: undefined }
}

export type Method = keyof Calls
export type Argument<M extends Method> = Calls[M]['argument']
export type Result<M extends Method> = Calls[M]['result']

/** ID of the `open` call. */
export const openingId = 0

/** A message to the core's thread. */
export type ToCore = CallMessage | AbortMessage

export type CallMessage<M extends Method = Method> = {
  [K in M]: { id: number; method: K; argument: Argument<K> }
}[M]

/** Like `ToCore`, but accepts a generic CallMessage<M>, which TypeScript cannot assign to the union `ToCore`. */
export type Posted = { id: number; method: Method; argument: Argument<Method> } | AbortMessage

/** Reports that a call's signal has aborted. `aborted` is the call's ID. */
export interface AbortMessage {
  aborted: number
}

/** A message from the core's thread. */
export type FromCore = ResultMessage | FailureMessage | LogMessage

export type ResultMessage<M extends Method = Method> = {
  [K in M]: { id: number; method: K; result: Result<K> }
}[M]

/** Like `FromCore`, but accepts a generic ResultMessage<M>, which TypeScript cannot assign to the union `FromCore`. */
export type PostedBack = { id: number; method: Method; result: Result<Method> } | FailureMessage | LogMessage

export interface FailureMessage {
  id: number
  error: SerializedError
  /** Whether the call failed because its signal aborted. */
  aborted: boolean
}

export interface LogMessage {
  level: LogLevel
  details: object
  loggedError: SerializedError | undefined
  text: string
}
