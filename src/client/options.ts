/** The options of `createClient`. */
export interface ClientOptions {
  /** The server's URL without `/api/v1`, for example `https://rekey.internal`. */
  baseUrl: string
  /** The bearer token, or a function that returns one. The function is called once for every call, not for retries. */
  token: string | (() => string | Promise<string>)
  /** Replaces the global `fetch`, for example to use a proxy or to record requests. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Headers to send with every request. A call's own `headers` win; `Authorization` is always the token. */
  headers?: Record<string, string> | undefined
  /**
   * How long each attempt waits for a response, in milliseconds. Defaults to 30,000. At most 90,000, so that all
   * attempts end within the 10 minutes for which the server remembers an Idempotency-Key: a later retry would
   * rotate again.
   */
  timeout?: number | undefined
  /** Aborts every request of this client, and the waits between retries, for example when your program ends. */
  signal?: AbortSignal | undefined
}

const defaultTimeoutMs = 30_000
const maxTimeoutMs = 90_000

/** @throws RangeError if `timeout` is not from 1 to 90,000 */
export function readOptions({ baseUrl, headers, timeout = defaultTimeoutMs, ...others }: ClientOptions) {
  if (!(timeout >= 1 && timeout <= maxTimeoutMs))
    throw new RangeError(`timeout must be from 1 to ${maxTimeoutMs} milliseconds, not ${timeout}`)
  return { ...others, baseUrl: `${baseUrl.replace(/\/+$/, '')}/api/v1`, headers: { ...headers }, timeout }
}
