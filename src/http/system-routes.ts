import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import document from '../../generated/openapi.json' with { type: 'json' }
import type { Core } from '../core/core.ts'
import { deadline } from './deadline.ts'
import { setJson } from './json-body.ts'
import { onlyRead } from './only-read.ts'

/** A load balancer that asks more patiently than this would rather have "no". */
const readinessTimeoutMs = 2_000

export interface SystemRoutesOptions {
  core: Core
  registry: Registry
  isAccepting: () => boolean
  logger: Logger
}

/** Made once: whoever asks, and how often, has the same bytes. */
const documentBytes = Buffer.from(JSON.stringify(document))

/** What stands beside the API, without a token: health, metrics, and the document itself. */
export function systemRoutes({ core, registry, isAccepting, logger }: SystemRoutesOptions): Middleware {
  const routes: Record<string, (context: Context) => void | Promise<void>> = {
    '/healthz': (context) => {
      setJson(context, { status: 'ok' })
    },
    '/readyz': async (context) => {
      const isReady = isAccepting() && (await answers(core, logger))
      context.status = isReady ? 200 : 503
      setJson(context, { status: isReady ? 'ready' : 'unavailable' })
    },
    '/metrics': async (context) => {
      context.type = registry.contentType
      context.body = await registry.metrics()
    },
    '/openapi.json': (context) => {
      context.type = 'json'
      context.body = documentBytes
    },
  }

  return async (context, next) => {
    const route = Object.hasOwn(routes, context.path) ? routes[context.path] : undefined
    if (!route) return next() as Promise<void>
    onlyRead(context)
    await route(context)
  }
}

async function answers(core: Core, logger: Logger): Promise<boolean> {
  try {
    await deadline(readinessTimeoutMs, (signal) => core.ping(signal))
    return true
  } catch (error) {
    logger.warn({ error }, 'not ready')
    return false
  }
}
