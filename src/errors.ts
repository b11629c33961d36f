/**
 * Every way in which a request can fail, with its default text. The texts of 401, 403, 404, 502 and 504 are the
 * owner's, word for word. Which HTTP status each gets is in `http/response/error-statuses.ts`.
 */
export const errorTexts = {
  badRequest: 'The request is not valid',
  unauthorized: 'Authentication required. Please provide a valid API token',
  forbidden: "You don't have permission to access this resource",
  notFound: 'The requested resource was not found',
  methodNotAllowed: 'This path does not have that method. The Allow header names those it has.',
  conflict: 'The state does not allow this',
  preconditionFailed:
    'The current key is not the one that If-Match names. Read its state again, and decide again.',
  contentTooLarge: 'The request body is too large',
  unsupportedMediaType: 'The request body must be application/json',
  unprocessable: 'The request cannot be served as it is',
  tooManyRequests: 'Too many requests',
  internal: "Something went wrong on our side. The log has the details under this request's id.",
  outcomeUnknown:
    'The database broke off while it committed, and cannot be asked whether it did. Read the state again, ' +
    'or send the same request with the same Idempotency-Key.',
  serviceUnavailable: 'Service temporarily unavailable.',
  timedOut: 'Request timed out.',
} as const

export type ErrorKind = keyof typeof errorTexts

export interface RekeyErrorOptions {
  /** Text for the caller in place of the kind's own. Never contains a secret. */
  message?: string | undefined
  /** What led to it: logged, and not shown to the caller. */
  cause?: unknown
  /** When the same request may succeed, in whole seconds from now. */
  retryAfterSeconds?: number | undefined
}

/** A failure that the caller is told about. */
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
 * @param reason without a full stop
 * @param waitMs how long until it may be tried again, in milliseconds
 */
export function tooManyRequests(reason: string, waitMs: number): RekeyError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new RekeyError('tooManyRequests', {
    message: `${reason}. Try again in ${seconds} seconds.`,
    retryAfterSeconds: seconds,
  })
}
