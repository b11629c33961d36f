import type { Context, Middleware } from 'koa'
import { z } from 'zod'
import { unlessAborted } from '../abort.ts'
import type { Core } from '../core/core.ts'
import { RekeyError, tooManyRequests } from '../errors.ts'
import { deadline } from './deadline.ts'
import { operationIds } from './operation-ids.ts'
import { readBody } from './request-body.ts'

const maxBodyBytes = 1_024
/** For a reader who answers at every operation of the page. */
const answersPerMinute = 20

const answerSchema = z.strictObject({
  helpful: z.boolean(),
  operationId: z.enum(operationIds).optional(),
})

/** What the answers are taken with. */
export interface FeedbackOptions {
  core: Core
  /** The network that a request came from. */
  networkOf: (context: Context) => string
  requestTimeoutMs: number
}

/**
 * `POST /docs/feedback` takes an answer to the page's "Was this page helpful?", without a token. What is kept is
 * how often each answer was given, and nothing of who gave it.
 */
export function feedback({ core, networkOf, requestTimeoutMs }: FeedbackOptions): Middleware {
  const counter = { points: answersPerMinute, duration: 60, keyPrefix: 'page-feedback' }
  return async (context, next) => {
    if (context.path !== '/docs/feedback') return next() as Promise<void>
    if (context.method !== 'POST') throw new RekeyError('methodNotAllowed', { headers: { allow: 'POST' } })
    if (!isSameOrigin(context)) throw new RekeyError('forbidden')
    await deadline(requestTimeoutMs, async (signal) => {
      const waitMs = await unlessAborted(core.overLimit(counter, networkOf(context)), signal)
      if (waitMs !== null) throw tooManyRequests('Too many answers came from this address', waitMs)
      const answer = answerSchema.safeParse(await readBody(context, maxBodyBytes, signal))
      if (!answer.success) {
        throw new RekeyError('badRequest', {
          message:
            'The body must be {"helpful": true or false, "operationId": one of the document, or left out}',
        })
      }
      const { helpful, operationId = 'none' } = answer.data
      await core.countFeedback({ operation_id: operationId, helpful: helpful ? 'yes' : 'no' }, signal)
    })
    context.status = 204
  }
}

/**
 * Whether no other site sent the request by way of its visitor's browser, which tells in one of these headers.
 * Older browsers have only the second, and so have all on plain HTTP.
 */
function isSameOrigin(context: Context): boolean {
  const site = context.get('Sec-Fetch-Site')
  if (site !== '') return site === 'same-origin'
  const origin = context.get('Origin')
  return origin === '' || (URL.canParse(origin) && new URL(origin).host === context.get('Host'))
}
