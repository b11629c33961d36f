/** A response that is not a success. */
export class RekeyApiError extends Error {
  override name = 'RekeyApiError'
  /** The HTTP status, as 404. */
  readonly status: number
  /** The kind of error, as `Not Found`; `message` says what went wrong. */
  readonly error: string
  /** The `X-Request-Id` under which the server's log has the request; null if the response had none. */
  readonly requestId: string | null
  /** The `Retry-After` of the response, in seconds; null if it had none. */
  readonly retryAfter: number | null

  constructor(message: string, { status, error, requestId, retryAfter }: Omit<RekeyApiError, keyof Error>) {
    super(message)
    this.status = status
    this.error = error
    this.requestId = requestId
    this.retryAfter = retryAfter
  }
}

/** Reads the body `{"error", "message", "code"}`, or makes do without it: a proxy's answer has another. */
export async function toApiError(response: Response): Promise<RekeyApiError> {
  const { status, statusText, headers } = response
  const body = (await response.json().catch(() => null)) as { error?: unknown; message?: unknown } | null
  const error = typeof body?.error === 'string' ? body.error : statusText
  const message =
    typeof body?.message === 'string' ? body.message : `HTTP status ${status} ${statusText}`.trim()
  return new RekeyApiError(message, {
    status,
    error,
    requestId: headers.get('x-request-id'),
    retryAfter: readSeconds(headers.get('retry-after')),
  })
}

/** A proxy may say a date instead, which this server never does. */
function readSeconds(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : null
}
