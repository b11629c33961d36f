import type { Context, Middleware } from 'koa'

/** Response headers that a page may read, in addition to those that the Fetch standard always allows. */
const exposed = [
  'Allow',
  'ETag',
  'Idempotency-Replayed',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
].join(', ')
const methods = 'GET, HEAD, PUT, POST, PATCH, DELETE'
const requestHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Traceparent',
  'Tracestate',
  'X-Request-Id',
].join(', ')
/** How long a browser may remember a preflight response, in seconds. Chromium allows at most two hours. */
const preflightSeconds = 7_200

/**
 * Lets pages of other origins call the API (CORS, in the Fetch standard). Responds to preflight requests for any path,
 * so that a page can read the 404 for a wrong one. Never allows credentials: a token is all that the API accepts.
 * @param origins the allowed origins, as browsers write them in `Origin`
 */
export function cors(origins: readonly string[]): Middleware {
  const allowed = new Set(origins)
  return async (context: Context, next) => {
    if (allowed.size > 0) context.vary('Origin')
    const origin = context.get('Origin')
    if (!allowed.has(origin)) return next() as Promise<void>
    context.set('Access-Control-Allow-Origin', origin)
    if (context.method !== 'OPTIONS' || context.get('Access-Control-Request-Method') === '') {
      context.set('Access-Control-Expose-Headers', exposed)
      return next() as Promise<void>
    }
    context.status = 204
    context.set({
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': requestHeaders,
      'Access-Control-Max-Age': String(preflightSeconds),
    })
  }
}
