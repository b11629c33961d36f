import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import document from '../../../generated/openapi.json' with { type: 'json' }
import type { Core } from '../../core/core.ts'
import { deadline } from '../limits/deadline.ts'
import { setJson } from '../response/json-response.ts'
import { requireGetOrHead } from '../request/allowed-methods.ts'

export interface SystemRoutesOptions {
  core: Core
  registry: Registry
  /** Updates the gauges that describe the keys in the database. Never rejects. */
  refreshKeyGauges: () => Promise<void>
  /** How long /readyz waits for the database, in milliseconds. */
  timeoutMs: number
  isAccepting: () => boolean
  logger: Logger
  publicUrl: string | undefined
}

type ServedDocument = Pick<typeof document, 'servers'>

/** Loads the OpenAPI 3.0 document on request, because most servers never send it and it takes memory. */
async function loadOlderDocument(publicUrl: string | undefined): Promise<Buffer> {
  const { default: older } = await import('../../../generated/openapi-3.0.json', { with: { type: 'json' } })
  return serialize(older, publicUrl)
}

/** Serializes a document once for all responses. Its server is the public URL, if there is one. */
function serialize(document: ServedDocument, publicUrl: string | undefined): Buffer {
  const at = (url: string) => [{ url: url.replace('{origin}', publicUrl ?? ''), description: 'This server.' }]
  const servers = publicUrl === undefined ? document.servers : document.servers.flatMap(({ url }) => at(url))
  return Buffer.from(JSON.stringify({ ...document, servers }))
}

/** Serves health checks, metrics and the OpenAPI documents. None of them require a token. */
export function systemRoutes({
  core,
  registry,
  refreshKeyGauges,
  timeoutMs,
  isAccepting,
  logger,
  publicUrl,
}: SystemRoutesOptions): Middleware {
  const documentBytes = serialize(document, publicUrl)
  let olderDocument: Promise<Buffer> | undefined
  const routes: Record<string, (context: Context) => void | Promise<void>> = {
    '/healthz': (context) => {
      setJson(context, { status: 'ok' })
    },
    '/readyz': async (context) => {
      const isReady = isAccepting() && (await isDatabaseReachable(core, timeoutMs, logger))
      context.status = isReady ? 200 : 503
      setJson(context, { status: isReady ? 'ready' : 'unavailable' })
    },
    '/metrics': async (context) => {
      await refreshKeyGauges()
      context.type = registry.contentType
      context.body = await registry.metrics()
    },
    '/openapi.json': (context) => {
      sendDocument(context, documentBytes)
    },
    '/openapi-3.0.json': async (context) => {
      olderDocument ??= loadOlderDocument(publicUrl)
      sendDocument(context, await olderDocument)
    },
  }

  return async (context, next) => {
    const route = Object.hasOwn(routes, context.path) ? routes[context.path] : undefined
    if (!route) return next() as Promise<void>
    requireGetOrHead(context)
    await route(context)
  }
}

function sendDocument(context: Context, bytes: Buffer): void {
  // Contains nothing private, so pages of any origin may read it.
  context.set('Access-Control-Allow-Origin', '*')
  context.type = 'json'
  context.body = bytes
}

async function isDatabaseReachable(core: Core, timeoutMs: number, logger: Logger): Promise<boolean> {
  try {
    await deadline(timeoutMs, (signal) => core.ping(signal))
    return true
  } catch (error) {
    logger.warn({ error }, 'not ready: the database is unavailable')
    return false
  }
}
