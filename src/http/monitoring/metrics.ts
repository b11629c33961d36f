import type { Context, Next } from 'koa'
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'
import { limits, type Limit } from '../limits/connections.ts'

/** Histogram buckets in seconds, from a fast signature to a request that reaches its deadline. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Creates Prometheus metrics for the process and for each operation. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'rekey_request_duration_seconds',
    help: 'Time from request to response, by operation and status',
    labelNames: ['operationId', 'status'],
    buckets,
    registers: [registry],
  })

  const cut = new Counter({
    name: 'rekey_connections_cut_total',
    help: 'Connections that were closed because a limit was reached, by limit',
    labelNames: ['limit'],
    registers: [registry],
  })
  // Prometheus sees the first connection that is closed as an increase only if the count was 0 before.
  for (const limit of limits) cut.inc({ limit }, 0)

  return {
    registry,
    /** Counts a connection that was closed because a limit was reached. */
    countCut: (limit: Limit) => {
      cut.inc({ limit })
    },
    /**
     * Measures how long a request takes. The label `operationId` is `none` if no operation serves the request, and the
     * label `status` is `none` if the client disconnects before the response.
     */
    observe: (context: Context, next: Next): Promise<void> => {
      const stop = duration.startTimer()
      context.res.once('close', () => {
        const { headersSent, statusCode } = context.res
        stop({ operationId: context.state.operationId ?? 'none', status: headersSent ? statusCode : 'none' })
      })
      return next() as Promise<void>
    },
  }
}
