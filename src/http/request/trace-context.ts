import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context, Next } from 'koa'
import { parseTraceContext, traceHeaders, type TraceContext } from '../../trace-context.ts'

const current = new AsyncLocalStorage<TraceContext>()

/** Sets `context.state.trace` if the request has a valid `traceparent`. Ignores any other. */
export function traceContext(context: Context, next: Next): Promise<void> {
  const trace = parseTraceContext(context.get('traceparent'), context.get('tracestate'))
  if (!trace) return next() as Promise<void>
  context.state.trace = trace
  return current.run(trace, next) as Promise<void>
}

/** Creates the trace headers for a request that the current request causes. */
export function currentTraceHeaders(): Record<string, string> {
  return traceHeaders(current.getStore())
}
