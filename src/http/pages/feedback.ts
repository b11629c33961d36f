import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'
import { z } from 'zod'
import { errorTexts, RekeyError, tooManyRequests } from '../../errors.ts'
import { EventCounts } from '../../event-counts.ts'
import { operationIds } from '../api/operation-ids.ts'
import { deadline } from '../limits/deadline.ts'
import { readBody } from '../request/json-body.ts'
import { HttpError } from '../response/http-error.ts'

const maxBodyBytes = 1_024
/** Maximum answers per network and minute: enough for one answer about every operation on the page. */
const answersPerMinute = 20

const answerSchema = z.strictObject({
  helpful: z.boolean(),
  operationId: z.enum(operationIds).optional(),
})

export interface FeedbackOptions {
  registry: Registry
  logger: Logger
  /** Returns the client's IPv4 address or IPv6 /64. The rate limit counts answers per network. */
  networkOf: (context: Context) => string
  requestTimeoutMs: number
  publicUrl: string | undefined
}

/**
 * Serves `POST /docs/feedback`, which accepts an answer to "Was this page helpful?" without a token. Counts the answer
 * in this process's metrics and logs it, without anything that identifies the reader.
 */
export function feedback({
  registry,
  logger,
  networkOf,
  requestTimeoutMs,
  publicUrl,
}: FeedbackOptions): Middleware {
  const answers = new EventCounts({ points: answersPerMinute, duration: 60 })
  const counter = new Counter({
    name: 'rekey_page_feedback_total',
    help: 'Answers to "Was this page helpful?" on the reference page, by operation and answer',
    labelNames: ['operationId', 'helpful'],
    registers: [registry],
  })
  return async (context, next) => {
    if (context.path !== '/docs/feedback') return next() as Promise<void>
    if (context.method !== 'POST') throw new HttpError('methodNotAllowed', { headers: { allow: 'POST' } })
    if (!isSameOrigin(context, publicUrl))
      throw new RekeyError('forbidden', {
        message: `${errorTexts.forbidden}. Feedback is accepted only from pages of this server.`,
      })
    const waitMs = answers.count(networkOf(context))
    if (waitMs !== null) throw tooManyRequests('Too many feedback requests from this address', waitMs)
    const body = await deadline(requestTimeoutMs, (signal) =>
      readBody(context, { maxBytes: maxBodyBytes, owner: '', signal }),
    )
    const answer = answerSchema.safeParse(body)
    if (!answer.success) {
      throw new RekeyError('badRequest', {
        message:
          'The request body must be {"helpful": true or false}, with an optional "operationId" from the OpenAPI document',
      })
    }
    const { helpful, operationId = 'none' } = answer.data
    counter.inc({ operationId, helpful: helpful ? 'yes' : 'no' })
    logger.info({ operationId, helpful }, 'page feedback')
    context.status = 204
  }
}

/**
 * Whether the request comes from a page of this origin, or not from a browser. Browsers send `Sec-Fetch-Site`; older
 * browsers, and all browsers on plain HTTP, send only `Origin`. A request with neither header does not come from a
 * browser. A proxy may change `Host`, but never the public URL.
 */
function isSameOrigin(context: Context, publicUrl: string | undefined): boolean {
  const site = context.get('Sec-Fetch-Site')
  if (site !== '') return site === 'same-origin'
  const origin = context.get('Origin')
  if (origin === '' || (publicUrl !== undefined && origin === new URL(publicUrl).origin)) return true
  return URL.parse(origin)?.host === context.get('Host')
}
