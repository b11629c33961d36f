import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'
import { toErrorBody } from '../../error-body.ts'
import { RekeyError } from '../../errors.ts'
import { CallerGone } from '../limits/deadline.ts'
import { HttpError } from './http-error.ts'
import { setJson } from './json-response.ts'

/** Responds to every error with `{"error", "message", "code"}`, and logs 5xx errors other than 501. */
export function respondToErrors(logger: Logger): Middleware {
  return async (context: Context, next) => {
    try {
      await next()
    } catch (thrown) {
      if (thrown instanceof CallerGone) return
      const error = thrown instanceof RekeyError ? thrown : new RekeyError('internal', { cause: thrown })
      const body = toErrorBody(error)
      const { code: status } = body
      if (error instanceof HttpError && error.refused !== undefined) context.state.refused = error.refused
      // A request with an unknown method is the caller's mistake.
      if (status >= 500 && error.kind !== 'notImplemented') {
        logger.error({ requestId: context.state.requestId, cause: error.cause }, error.message)
      }
      context.status = status
      context.set(headersOf(error))
      setJson(context, body)
    }
  }
}

function headersOf(error: RekeyError): Record<string, string> {
  const { retryAfterSeconds } = error
  return {
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(error instanceof HttpError && error.headers),
  }
}
