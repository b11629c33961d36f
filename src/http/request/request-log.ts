import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'

/**
 * One line for each request, once it has its response. Only what is known to be harmless is written: no
 * URL, header or body, since a caller may have put a secret into any of them.
 */
export function requestLog(logger: Logger): Middleware {
  return async (context: Context, next) => {
    const start = performance.now()
    context.res.once('close', () => {
      const { requestId, operationId, params, caller, refused } = context.state
      logger.info(
        {
          requestId,
          method: context.method,
          operationId,
          ...params,
          subject: caller?.subject,
          refused,
          // Koa's first word is 404: until the headers are sent, it says nothing.
          status: context.res.headersSent ? context.res.statusCode : undefined,
          answered: context.res.writableFinished,
          milliseconds: Math.round((performance.now() - start) * 100) / 100,
        },
        'request',
      )
    })
    await next()
  }
}
