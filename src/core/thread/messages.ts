import type { RateLimit } from '../../store/store.ts'
import type { OperationCall, SerializedResponse } from '../core.ts'
import type { SerializedError } from './serialized-error.ts'

/** What the core's thread can be asked for: the argument and the result of each call. */
export interface Calls {
  /** Made by starting the thread, with the id `openingId`. */
  open: { argument: undefined; result: undefined }
  execute: { argument: OperationCall; result: SerializedResponse }
  ping: { argument: undefined; result: undefined }
  consumeRateLimit: { argument: { limit: RateLimit; key: string }; result: number | null }
  close: { argument: undefined; result: undefined }
}

export type Method = keyof Calls
export type Argument<M extends Method> = Calls[M]['argument']
export type Result<M extends Method> = Calls[M]['result']

/** The id of the call `open`. */
export const openingId = 0

/** To the core's thread. */
export type ToCore = CallMessage | AbortMessage

export type CallMessage<M extends Method = Method> = {
  [K in M]: { id: number; method: K; argument: Argument<K> }
}[M]

/** What is posted to the core's thread: TypeScript does not see that a CallMessage<M> is one of the union. */
export type Posted = { id: number; method: Method; argument: Argument<Method> } | AbortMessage

/** The signal of a call has aborted. */
export interface AbortMessage {
  aborted: number
}

/** From the core's thread. */
export type FromCore = ResultMessage | FailureMessage | LogMessage

export type ResultMessage<M extends Method = Method> = {
  [K in M]: { id: number; method: K; result: Result<K> }
}[M]

/** What is posted from the core's thread, as Posted. */
export type PostedBack = { id: number; method: Method; result: Result<Method> } | FailureMessage | LogMessage

export interface FailureMessage {
  id: number
  error: SerializedError
  /** Whether the call was given up because its signal aborted. */
  aborted: boolean
}

export interface LogMessage {
  level: 'info' | 'error'
  details: object
  loggedError: SerializedError | undefined
  text: string
}
