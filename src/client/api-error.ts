/** Thrown for a response whose status is not 2xx. */
export class RekeyApiError extends Error {
  override name = 'RekeyApiError'
  /** The HTTP status, for example 404. */
  readonly status: number
  /**
   * The body's `error`, for example `Not Found`, or the status text if the body has none. `message` has the details.
   */
  readonly error: string
  /** The response's `X-Request-Id`, which identifies the request in the server's log; null if the header is missing. */
  readonly requestId: string | null
  /** The response's `Retry-After` in seconds; null if it is missing or an HTTP date. */
  readonly retryAfter: number | null
  /** For a 401 or 403, why the token was refused: the `error_description` in `WWW-Authenticate`. Null if it is missing. */
  readonly reason: string | null

  constructor(
    message: string,
    { status, error, requestId, retryAfter, reason }: Omit<RekeyApiError, keyof Error>,
  ) {
    super(message)
    this.status = status
    this.error = error
    this.requestId = requestId
    this.retryAfter = retryAfter
    this.reason = reason
  }
}

/** Reads `error` and `message` from the JSON body, or derives them from the status if a proxy sent another body. */
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
    reason: /error_description="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? null,
  })
}

/** Parses `Retry-After`. Returns null for an HTTP date, which a proxy may send but Rekey never does. */
function readSeconds(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : null
}
