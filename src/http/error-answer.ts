import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'
import { whyRefused } from './auth.ts'
import { CallerGone } from './deadline.ts'
import { setJson } from './json-body.ts'
import { errorKinds, RekeyError } from '../errors.ts'

/** Turns every error into its answer, `{"error", "message", "code"}`, and logs those that are ours. */
export function answerErrors(logger: Logger): Middleware {
  return async (context: Context, next) => {
    try {
      await next()
    } catch (thrown) {
      if (thrown instanceof CallerGone) return
      const error = thrown instanceof RekeyError ? thrown : new RekeyError('internal', { cause: thrown })
      const { status, error: title } = errorKinds[error.kind]
      if (error.kind === 'unauthorized') context.state.refused = whyRefused(error.cause)
      if (status >= 500) {
        logger.error({ requestId: context.state.requestId, cause: error.cause }, error.message)
      }
      context.status = status
      context.set(error.headers)
      setJson(context, { error: title, message: error.message, code: status })
    }
  }
}
