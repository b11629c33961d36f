import type { Server } from 'node:http'
import Koa from 'koa'
import type { Logger } from 'pino'
import { createServer } from '../node-http.ts'
import type { Core } from '../core/core.ts'
import { createApi } from './api/api.ts'
import type { Authenticate } from './authentication/authenticate.ts'
import { clientNetworks } from './limits/client-network.ts'
import { respondToUnparsableRequests } from './response/unparsable-request.ts'
import { Connections } from './limits/connections.ts'
import { createConsole } from './pages/console.ts'
import { deadline } from './limits/deadline.ts'
import { createDocs } from './pages/reference.ts'
import { respondToErrors } from './response/error-response.ts'
import type { LimitAuthentication } from './limits/failed-authentications.ts'
import { feedback } from './pages/feedback.ts'
import { createMetrics } from './monitoring/metrics.ts'
import { rejectAmbiguousRequest } from './request/ambiguous-requests.ts'
import { requestId } from './request/request-id.ts'
import { requestLog } from './request/request-log.ts'
import { securityHeaders } from './response/security-headers.ts'
import { closeServer } from './shutdown.ts'
import { systemRoutes } from './monitoring/system-routes.ts'

/**
 * How long a probe or a scrape waits for the database, unless a request may take less: a load balancer that asks more
 * patiently would rather have "no".
 */
const maxSystemTimeoutMs = 2_000

/** From the opening of a connection, or the response before, to the end of the headers; a request that may take less has less. */
const maxHeadTimeoutMs = 10_000
/** Longer than proxies keep a connection (60 s is their usual), or they send a request on one that closes. */
const keepAliveTimeoutMs = 72_000

export interface ServerOptions {
  core: Core
  authenticate: Authenticate
  limitAuthentication: LimitAuthentication
  /** Whether X-Forwarded-For from this address is believed. */
  isTrustedProxy: (address: string) => boolean
  requestTimeoutMs: number
  logger: Logger
  /** Whether new requests are welcome: false once the shutdown has begun. */
  isAccepting: () => boolean
}

export interface HttpServer {
  server: Server
  /**
   * Stops to accept, and finishes the requests that run.
   * @param drainMs for how long a request may still run
   * @returns whether all of them were finished in that time
   */
  close: (drainMs: number) => Promise<boolean>
}

/** The HTTP side of Rekey: what each request passes, from the socket to the operation and back. */
export async function createHttpServer({
  core,
  authenticate,
  limitAuthentication,
  isTrustedProxy,
  requestTimeoutMs,
  logger,
  isAccepting,
}: ServerOptions): Promise<HttpServer> {
  const metrics = createMetrics()
  const { registry } = metrics
  const timeoutMs = Math.min(maxSystemTimeoutMs, requestTimeoutMs)
  const networkOf = clientNetworks(isTrustedProxy)
  const api = await createApi(core, ({ req }) =>
    limitAuthentication(networkOf(req), () => authenticate(req.headers.authorization)),
  )

  const koa = new Koa()
  koa.use(requestId)
  koa.use(requestLog(logger))
  koa.use(metrics.observe)
  koa.use(securityHeaders)
  koa.use(async (context, next) => {
    await next()
    // Set last, since the shutdown may begin while the request runs.
    if (!isAccepting()) context.set('Connection', 'close')
  })
  koa.use(respondToErrors(logger))
  koa.use(rejectAmbiguousRequest)
  koa.use(systemRoutes({ core, registry, timeoutMs, isAccepting, logger }))
  koa.use(await createDocs())
  koa.use(feedback({ registry, logger, networkOf: ({ req }) => networkOf(req), requestTimeoutMs }))
  koa.use(await createConsole())
  koa.use((context) => deadline(requestTimeoutMs, (signal) => api(context, signal), context.res))
  // What gets past respondToErrors is a connection that broke while the response was written.
  koa.on('error', (error: unknown) => {
    logger.warn({ error }, 'answer not sent')
  })
  const handle = koa.callback()
  const headTimeoutMs = Math.min(maxHeadTimeoutMs, requestTimeoutMs)
  const server = createServer({
    // Node's own response to a request without Host has no body.
    requireHostHeader: false,
    headersTimeout: headTimeoutMs,
    // A body is the deadline's to end; this ends one that still dribbles in after the 504.
    requestTimeout: headTimeoutMs + requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(requestTimeoutMs / 2)),
  })
  // Ends a connection on which nothing moves, such as that of a caller who does not read the responses.
  server.setTimeout(3 * requestTimeoutMs)
  // An expectation that is not known may be passed over (RFC 9110, section 10.1.1); Node's 417 has no body.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response))
  const connections = new Connections(server, (request, response) => void handle(request, response))
  respondToUnparsableRequests(server, connections, logger)
  return { server, close: (drainMs) => closeServer(server, connections, drainMs) }
}
