/**
 * Every kind of error with its default text. The project's owner prescribed the texts of 401, 403, 404, 502 and 504
 * word for word. `error-body.ts` maps each kind to its HTTP status.
 */
export const errorTexts = {
  badRequest: 'The request is not valid',
  unauthorized: 'Authentication required. Please provide a valid API token',
  forbidden: "You don't have permission to access this resource",
  notFound: 'The requested resource was not found',
  methodNotAllowed:
    'This path does not support this method. The Allow header lists the methods that it supports.',
  conflict: 'The current state does not allow this request',
  preconditionFailed:
    'If-Match does not match the current key. Fetch the current state, then decide whether to retry.',
  contentTooLarge: 'The request body is too large',
  unsupportedMediaType: 'The Content-Type must be application/json',
  unprocessable: 'The request cannot be processed',
  tooManyRequests: 'Too many requests',
  internal: "The server failed. For details, search the server log for this response's X-Request-Id.",
  outcomeUnknown:
    'The database connection was lost during the commit; the outcome is unknown. Fetch the current state, ' +
    'or retry with the same Idempotency-Key.',
  notImplemented: 'Rekey does not implement this method, on any path.',
  serviceUnavailable: 'Service temporarily unavailable.',
  timedOut: 'Request timed out.',
} as const

export type ErrorKind = keyof typeof errorTexts

export interface RekeyErrorOptions {
  /** Sent to the caller instead of the kind's default text. Must not contain a secret. */
  message?: string | undefined
  /** The underlying error. Never sent to the caller; logged if the status is 5xx. */
  cause?: unknown
  /** Whole seconds after which a retry may succeed. */
  retryAfterSeconds?: number | undefined
}

/** A failure that the caller receives as an error response. */
export class RekeyError extends Error {
  override name = 'RekeyError'
  readonly kind: ErrorKind
  readonly retryAfterSeconds: number | undefined

  constructor(kind: ErrorKind, { message, cause, retryAfterSeconds }: RekeyErrorOptions = {}) {
    super(message ?? errorTexts[kind], { cause })
    this.kind = kind
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * Builds the error for a caller that has reached a limit.
 * @param reason a sentence without its final period
 * @param waitMs milliseconds until a retry may succeed
 */
export function tooManyRequests(reason: string, waitMs: number): RekeyError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new RekeyError('tooManyRequests', {
    message: `${reason}. Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`,
    retryAfterSeconds: seconds,
  })
}
