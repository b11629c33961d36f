import { ConfigError } from '../config/config-error.ts'
import { RekeyError, type errorKinds } from '../errors.ts'

/** Of a chain of causes, which can be a circle, no more is told. */
const maxCauses = 10

/** An error as data. What one thread clones for another has lost its class, and what hangs on it. */
export interface PlainError {
  name: string
  message: string
  stack: string | undefined
  code: string | number | undefined
  cause: PlainError | undefined
  /** Of a RekeyError. */
  kind?: keyof typeof errorKinds
  headers?: Record<string, string>
  /** Of a ConfigError. */
  faults?: string[]
}

export function toPlainError(error: unknown, causes = maxCauses): PlainError {
  if (!(error instanceof Error)) return toPlainError(new Error(`a ${typeof error} was thrown`))
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    name,
    message,
    stack,
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    cause: cause === undefined || causes === 0 ? undefined : toPlainError(cause, causes - 1),
    ...(error instanceof RekeyError && { kind: error.kind, headers: error.headers }),
    ...(error instanceof ConfigError && { faults: error.faults }),
  }
}

/** The error once more, of the same class if that is a RekeyError or a ConfigError. */
export function fromPlainError(plain: PlainError): Error {
  const { name, message, stack, code, kind, headers = {}, faults } = plain
  const cause = plain.cause && fromPlainError(plain.cause)
  if (faults) return new ConfigError(faults)
  const error = kind ? new RekeyError(kind, { message, headers, cause }) : new Error(message, { cause })
  return Object.assign(error, { name, stack: stack ?? '', ...(code !== undefined && { code }) })
}
