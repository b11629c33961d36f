import type { RateLimit } from '../../store/store.ts'
import type { OperationCall, SerializedResponse } from '../core.ts'
import type { SerializedError } from './serialized-error.ts'

/** Calls to the core's thread, each with its argument and result. */
export interface Calls {
  /** Implied by starting the thread, with the ID `openingId`. */
  open: { argument: undefined; result: undefined }
  execute: { argument: OperationCall; result: SerializedResponse }
  ping: { argument: undefined; result: undefined }
  consumeRateLimit: { argument: { limit: RateLimit; key: string }; result: number | null }
  close: { argument: undefined; result: undefined }
}

export type Method = keyof Calls
export type Argument<M extends Method> = Calls[M]['argument']
export type Result<M extends Method> = Calls[M]['result']

/** The ID of the call `open`. */
export const openingId = 0

/** To the core's thread. */
export type ToCore = CallMessage | AbortMessage

export type CallMessage<M extends Method = Method> = {
  [K in M]: { id: number; method: K; argument: Argument<K> }
}[M]

/** `ToCore` for posting: TypeScript cannot see that a CallMessage<M> is a member of the union. */
export type Posted = { id: number; method: Method; argument: Argument<Method> } | AbortMessage

/** Reports that the signal of the call with this ID has aborted. */
export interface AbortMessage {
  aborted: number
}

/** From the core's thread. */
export type FromCore = ResultMessage | FailureMessage | LogMessage

export type ResultMessage<M extends Method = Method> = {
  [K in M]: { id: number; method: K; result: Result<K> }
}[M]

/** `FromCore` for posting, for the same reason as Posted. */
export type PostedBack = { id: number; method: Method; result: Result<Method> } | FailureMessage | LogMessage

export interface FailureMessage {
  id: number
  error: SerializedError
  /** Whether the call failed because its signal aborted. */
  aborted: boolean
}

export interface LogMessage {
  level: 'info' | 'error'
  details: object
  loggedError: SerializedError | undefined
  text: string
}
