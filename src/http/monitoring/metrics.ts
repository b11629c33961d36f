import type { Context, Next } from 'koa'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** In seconds, from a fast signature to a request that reached its deadline. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Creates Prometheus metrics of the process and of each operation. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'rekey_request_duration_seconds',
    help: 'Time from a request to its response, by operation and status',
    labelNames: ['operationId', 'status'],
    buckets,
    registers: [registry],
  })

  return {
    registry,
    /**
     * Measures requests. Requests that no operation serves have the operationId `none`; requests whose caller
     * disconnected before the response have the status `none`.
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
