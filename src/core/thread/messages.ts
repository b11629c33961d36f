import type { Core, LogLevel } from '../core.ts'
import type { SerializedError } from './serialized-error.ts'

/** The methods that can be called on the core's thread. */
export type Method = keyof Core
/** A method's arguments without its signal, which does not cross to the other thread. */
export type Arguments<M extends Method> =
  Parameters<Core[M]> extends [...infer Others, AbortSignal] ? Others : Parameters<Core[M]>
export type Result<M extends Method> = Awaited<ReturnType<Core[M]>>

/** ID of the result that reports that the core is open. No call has this ID: starting the thread opens the core. */
export const openingId = 0

/** A message to the core's thread. */
export type ToCore = CallMessage | AbortMessage

export interface CallMessage {
  id: number
  method: Method
  args: unknown[]
}

/** Reports that a call's signal has aborted. `aborted` is the call's ID. */
export interface AbortMessage {
  aborted: number
}

/** A message from the core's thread. */
export type FromCore = ResultMessage | FailureMessage | LogMessage

export interface ResultMessage {
  id: number
  result: unknown
}

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
