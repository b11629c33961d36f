/** A kind of failure, with the answer that it gets. `message` is the default text. */
interface ErrorKind {
  status: number
  error: string
  message: string
}

/**
 * Every failure that a request can be answered with. The texts of 401, 403, 404, 502 and 504 are
 * the owner's, word for word.
 */
export const errorKinds = {
  badRequest: { status: 400, error: 'Bad Request', message: 'The request is not valid' },
  unauthorized: {
    status: 401,
    error: 'Unauthorized',
    message: 'Authentication required. Please provide a valid API token',
  },
  forbidden: {
    status: 403,
    error: 'Forbidden',
    message: "You don't have permission to access this resource",
  },
  notFound: { status: 404, error: 'Not Found', message: 'The requested resource was not found' },
  methodNotAllowed: {
    status: 405,
    error: 'Method Not Allowed',
    message: 'This path does not have that method. The Allow header names those it has.',
  },
  conflict: { status: 409, error: 'Conflict', message: 'The state does not allow this' },
  preconditionFailed: {
    status: 412,
    error: 'Precondition Failed',
    message: 'The current key is not the one that If-Match names. Read its state again, and decide again.',
  },
  contentTooLarge: {
    status: 413,
    error: 'Content Too Large',
    message: 'The request body is too large',
  },
  unsupportedMediaType: {
    status: 415,
    error: 'Unsupported Media Type',
    message: 'The request body must be application/json',
  },
  unprocessable: {
    status: 422,
    error: 'Unprocessable Content',
    message: 'The request cannot be served as it is',
  },
  tooManyRequests: { status: 429, error: 'Too Many Requests', message: 'Too many requests' },
  internal: {
    status: 500,
    error: 'Internal Server Error',
    message: "Something went wrong on our side. The log has the details under this request's id.",
  },
  outcomeUnknown: {
    status: 500,
    error: 'Internal Server Error',
    message:
      'The database broke off while it committed, and cannot be asked whether it did. Read the state again, ' +
      'or send the same request with the same Idempotency-Key.',
  },
  serviceUnavailable: { status: 502, error: 'Error', message: 'Service temporarily unavailable.' },
  timedOut: { status: 504, error: 'Error', message: 'Request timed out.' },
} as const satisfies Record<string, ErrorKind>

export interface RekeyErrorOptions {
  /** Text for the caller in place of the kind's own. Never contains a secret. */
  message?: string
  /** What led to it: logged, never answered. */
  cause?: unknown
  /** Headers that the answer carries, names in lower case. */
  headers?: Record<string, string>
}

/** A failure that is answered as its kind says. Thrown anywhere below HTTP. */
export class RekeyError extends Error {
  override name = 'RekeyError'
  readonly kind: keyof typeof errorKinds
  readonly headers: Record<string, string>

  constructor(kind: keyof typeof errorKinds, { message, cause, headers = {} }: RekeyErrorOptions = {}) {
    super(message ?? errorKinds[kind].message, { cause })
    this.kind = kind
    this.headers = headers
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
    headers: { 'retry-after': String(seconds) },
  })
}
