import type { ErrorKind, RekeyError } from './errors.ts'

/** Each error kind's HTTP status and title. The response body contains the title as `error`. */
export const errorStatuses = {
  badRequest: { status: 400, title: 'Bad Request' },
  unauthorized: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  notFound: { status: 404, title: 'Not Found' },
  methodNotAllowed: { status: 405, title: 'Method Not Allowed' },
  conflict: { status: 409, title: 'Conflict' },
  preconditionFailed: { status: 412, title: 'Precondition Failed' },
  contentTooLarge: { status: 413, title: 'Content Too Large' },
  unsupportedMediaType: { status: 415, title: 'Unsupported Media Type' },
  unprocessable: { status: 422, title: 'Unprocessable Content' },
  tooManyRequests: { status: 429, title: 'Too Many Requests' },
  internal: { status: 500, title: 'Internal Server Error' },
  outcomeUnknown: { status: 500, title: 'Internal Server Error' },
  notImplemented: { status: 501, title: 'Not Implemented' },
  // The project's owner specified this title for 502 and 504.
  serviceUnavailable: { status: 502, title: 'Error' },
  timedOut: { status: 504, title: 'Error' },
} as const satisfies Record<ErrorKind, { status: number; title: string }>

/** An error as the API describes it, in a response of its own or within one. */
export interface ErrorBody {
  error: string
  message: string
  /** The HTTP status. */
  code: number
}

export function toErrorBody({ kind, message }: RekeyError): ErrorBody {
  const { status, title } = errorStatuses[kind]
  return { error: title, message, code: status }
}
