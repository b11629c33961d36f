import { ConfigError } from '../../config/config-error.ts'
import { RekeyError, type ErrorKind } from '../../errors.ts'

/** How much of a chain of causes is kept: a chain can be a circle. */
const maxCauses = 10

/** An error as data: what is cloned for another thread loses its class, and what hangs on it. */
export interface SerializedError {
  name: string
  message: string
  stack: string | undefined
  code: string | number | undefined
  cause: SerializedError | undefined
  /** Of a RekeyError. */
  kind?: ErrorKind
  retryAfterSeconds?: number | undefined
  /** Of a ConfigError. */
  faults?: string[]
}

export function serializeError(error: unknown, causes = maxCauses): SerializedError {
  if (!(error instanceof Error)) return serializeError(new Error(`a ${typeof error} was thrown`))
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    name,
    message,
    stack,
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    cause: cause === undefined || causes === 0 ? undefined : serializeError(cause, causes - 1),
    ...(error instanceof RekeyError && { kind: error.kind, retryAfterSeconds: error.retryAfterSeconds }),
    ...(error instanceof ConfigError && { faults: error.faults }),
  }
}

/** @returns an error of the same class if that is RekeyError or ConfigError, else an Error */
export function deserializeError(serialized: SerializedError): Error {
  const { name, message, stack, code, kind, retryAfterSeconds, faults } = serialized
  const cause = serialized.cause && deserializeError(serialized.cause)
  if (faults) return new ConfigError(faults)
  const error = kind
    ? new RekeyError(kind, { message, retryAfterSeconds, cause })
    : new Error(message, { cause })
  return Object.assign(error, { name, stack: stack ?? '', ...(code !== undefined && { code }) })
}
