import type { Context, Middleware } from 'koa'
import { Counter, type Registry } from 'prom-client'
import document from '../../../generated/openapi.json' with { type: 'json' }
import type { Core } from '../../core/core.ts'
import { tooManyRequests } from '../../errors.ts'
import { EventCounts } from '../../event-counts.ts'
import { FairGate } from '../../fair-gate.ts'
import { deadline } from '../limits/deadline.ts'
import { requireGetOrHead } from '../request/allowed-methods.ts'
import { setJson } from '../response/json-response.ts'

/**
 * Maximum requests per network and minute. A receiver refreshes each key set every five minutes, so one network can
 * follow 3,000 webhooks.
 */
const requestsPerMinute = 600
/**
 * Maximum number of key sets read at the same time. These requests need no token, so the limit keeps a flood of
 * them from slowing down the core and the database.
 */
const maxReads = 2
/** How long caches may keep a key set, in seconds. */
const maxAgeSeconds = 300

const path = /^\/jwks\/([^/]+)\/([^/]+)$/
const { pattern, maxLength } = document.components.schemas.Id
const idPattern = new RegExp(pattern, 'u')

export interface KeySetsOptions {
  core: Pick<Core, 'publicKeys'>
  registry: Registry
  /** Returns the client's network, which the rate limit counts. */
  networkOf: (context: Context) => string
  requestTimeoutMs: number
}

/**
 * Serves the public keys of a webhook's live keys at `/jwks/{applicationId}/{webhookId}`, as a JWK Set (RFC 7517),
 * without a token. An unknown webhook, a webhook without keys and one with another scheme get the same empty set.
 */
export function keySets({ core, registry, networkOf, requestTimeoutMs }: KeySetsOptions): Middleware {
  const requests = new EventCounts({ points: requestsPerMinute, duration: 60 })
  const reads = new FairGate(maxReads)
  const counter = new Counter({
    name: 'rekey_jwks_requests_total',
    help: 'Requests for the public keys of a webhook, by result',
    labelNames: ['result'],
    registers: [registry],
  })
  for (const result of ['keys', 'empty', 'limited', 'failed']) counter.inc({ result }, 0)

  const read = async (context: Context, applicationId: string, webhookId: string) => {
    const network = networkOf(context)
    const waitMs = requests.count(network)
    if (waitMs !== null) {
      counter.inc({ result: 'limited' })
      throw tooManyRequests('Too many requests for public keys from this address', waitMs)
    }
    try {
      const keys = await deadline(
        requestTimeoutMs,
        (signal) => reads.run(network, signal, () => core.publicKeys({ applicationId, webhookId }, signal)),
        context.res,
      )
      counter.inc({ result: keys.length === 0 ? 'empty' : 'keys' })
      return keys
    } catch (error) {
      counter.inc({ result: 'failed' })
      throw error
    }
  }

  return async (context, next) => {
    const [, applicationId, webhookId] = path.exec(context.path) ?? []
    if (!isId(applicationId) || !isId(webhookId)) return next() as Promise<void>
    // Public, so pages of any origin may read them.
    context.set('Access-Control-Allow-Origin', '*')
    requireGetOrHead(context)
    const keys = await read(context, applicationId, webhookId)
    context.set('Cache-Control', keys.length === 0 ? 'no-cache' : `public, max-age=${maxAgeSeconds}`)
    setJson(context, { keys })
  }
}

/** Whether a webhook or application can have this ID. */
function isId(text: string | undefined): text is string {
  return text !== undefined && text.length <= maxLength && idPattern.test(text)
}
