import { randomUUID } from 'node:crypto'
import type { Context, Next } from 'koa'

/** Anything else is replaced, and so is a signing secret: the id goes to the log, a header and the audit trail. */
const acceptable = /^(?!.*whsec_)[A-Za-z0-9_.-]{1,128}$/

/** Takes `X-Request-Id` over or makes one, for the response, the log and `context.state.requestId`. */
export async function requestId(context: Context, next: Next): Promise<void> {
  const given = context.get('X-Request-Id')
  const id = acceptable.test(given) ? given : randomUUID()
  context.state.requestId = id
  context.set('X-Request-Id', id)
  await next()
}
