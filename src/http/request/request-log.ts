import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'

/**
 * Logs one line per request, after its response. Logs no URL, header or body, because a caller may have put a secret
 * into any of them.
 */
export function requestLog(logger: Logger): Middleware {
  return (context: Context, next) => {
    const start = performance.now()
    context.res.once('close', () => {
      const { requestId, trace, operationId, params, caller, refused } = context.state
      logger.info(
        {
          requestId,
          // The names that OpenTelemetry uses in logs. Rekey has no spans, so the span is the caller's.
          trace_id: trace?.traceId,
          span_id: trace?.parentId,
          method: context.method,
          operationId,
          ...params,
          subject: caller?.subject,
          refused,
          // Before the headers are sent, Koa's status may still be its default, 404.
          status: context.res.headersSent ? context.res.statusCode : undefined,
          answered: context.res.writableFinished,
          milliseconds: Math.round((performance.now() - start) * 100) / 100,
        },
        'request',
      )
    })
    return next()
  }
}
