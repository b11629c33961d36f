import { ConfigError } from '../../config/config-error.ts'
import { RekeyError, type ErrorKind } from '../../errors.ts'

/** Maximum number of causes to serialize. Needed because a chain of causes can be circular. */
const maxCauses = 10

/** An error as plain data. Posting an Error to another thread would drop its class and properties such as `code`. */
export interface SerializedError {
  name: string
  message: string
  stack: string | undefined
  code: string | number | undefined
  cause: SerializedError | undefined
  /** Set only for a RekeyError. */
  kind?: ErrorKind
  retryAfterSeconds?: number | undefined
  /** Set only for a ConfigError. */
  faults?: string[]
}

export function serializeError(error: unknown, causes = maxCauses): SerializedError {
  if (!(error instanceof Error))
    return serializeError(new Error(`the thrown value is not an Error (type: ${typeof error})`))
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

/**
 * Restores an error from its serialized form.
 * @returns a RekeyError or ConfigError if the original was one, otherwise an Error
 */
export function deserializeError(serialized: SerializedError): Error {
  const { name, message, stack, code, kind, retryAfterSeconds, faults } = serialized
  const cause = serialized.cause && deserializeError(serialized.cause)
  if (faults) return new ConfigError(faults)
  const error = kind
    ? new RekeyError(kind, { message, retryAfterSeconds, cause })
    : new Error(message, { cause })
  return Object.assign(error, { name, stack: stack ?? '', ...(code !== undefined && { code }) })
}
