import { randomUUID } from 'node:crypto'
import type { Context, Next } from 'koa'

/**
 * Matches acceptable request IDs. Excludes signing secrets and private keys, because the ID goes into the log, a header and the audit
 * trail.
 */
const acceptable = /^(?!.*whs(?:ec|k)_)[A-Za-z0-9_.-]{1,128}$/

/**
 * Sets `context.state.requestId` and the response's `X-Request-Id`. Uses the request's `X-Request-Id` if it is
 * acceptable, otherwise a new UUID.
 */
export function requestId(context: Context, next: Next): Promise<void> {
  const given = context.get('X-Request-Id')
  const id = acceptable.test(given) ? given : randomUUID()
  context.state.requestId = id
  context.set('X-Request-Id', id)
  return next() as Promise<void>
}
