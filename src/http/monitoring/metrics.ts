import type { Context, Next } from 'koa'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Seconds; from a signature to a request that met its deadline. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Metrics for Prometheus, of the process and of each operation. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'rekey_request_duration_seconds',
    help: 'Time from a request to its answer, by operation and status',
    labelNames: ['operationId', 'status'],
    buckets,
    registers: [registry],
  })

  return {
    registry,
    /**
     * Counts requests to the API. Those that no operation serves share the operationId `none`,
     * and those whose caller left before the response the status `none`.
     */
    observe: async (context: Context, next: Next): Promise<void> => {
      const stop = duration.startTimer()
      context.res.once('close', () => {
        const { headersSent, statusCode } = context.res
        stop({ operationId: context.state.operationId ?? 'none', status: headersSent ? statusCode : 'none' })
      })
      await next()
    },
  }
}
