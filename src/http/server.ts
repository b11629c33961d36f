import type { Server } from 'node:http'
import Koa, { type Context } from 'koa'
import type { Logger } from 'pino'
import { createServer } from '../node-http.ts'
import type { Config } from '../config/config.ts'
import type { Core } from '../core/core.ts'
import { apiRoot, createApi } from './api/api.ts'
import type { Authenticate } from './authentication/authenticate.ts'
import { authenticateInvitation, readInvitationToken } from './authentication/invitation.ts'
import { clientNetworks } from './limits/client-network.ts'
import { respondToUnparsableRequests } from './response/unparsable-request.ts'
import { Connections } from './limits/connections.ts'
import { cors } from './response/cors.ts'
import { createConsole } from './pages/console.ts'
import { openIdProvider } from './pages/openid-provider.ts'
import { connectionLimit } from './limits/open-files.ts'
import { createDesign } from './pages/design.ts'
import { deadline } from './limits/deadline.ts'
import { createReference } from './pages/reference/reference.ts'
import { createRotatePage } from './pages/rotate.ts'
import { respondToErrors } from './response/error-response.ts'
import type { LimitAuthentication } from './limits/failed-authentications.ts'
import { feedback } from './pages/feedback.ts'
import { createKeyGauges } from './monitoring/key-gauges.ts'
import { keySets } from './key-sets/key-sets.ts'
import { createMetrics } from './monitoring/metrics.ts'
import { rejectAmbiguousRequest } from './request/ambiguous-requests.ts'
import { redirectFromRoot } from './pages/root.ts'
import { pathPrefixOf, removePathPrefix } from './request/path-prefix.ts'
import { requestId } from './request/request-id.ts'
import { requestLog } from './request/request-log.ts'
import { traceContext } from './request/trace-context.ts'
import { securityHeaders } from './response/security-headers.ts'
import { closeServer, type ShutdownTimes } from './shutdown.ts'
import { systemRoutes } from './monitoring/system-routes.ts'

/**
 * Maximum milliseconds that /readyz waits for the database. For a load balancer, a quick 503 is better than a late 200.
 */
const maxSystemTimeoutMs = 2_000

/**
 * Maximum size of a request's head in bytes. It is twice the maximum length of a token, so that the longest token fits
 * together with the other headers.
 */
const maxHeadBytes = 32_768
/** Maximum milliseconds for a request's headers to arrive, from the start of the connection or its last response. */
const maxHeadTimeoutMs = 10_000
/**
 * How long Rekey keeps an idle connection open, in milliseconds. Must exceed a proxy's idle timeout, which is usually
 * 60 s: otherwise, the proxy could send a request on a connection that Rekey is closing.
 */
const keepAliveTimeoutMs = 72_000

export interface ServerOptions {
  core: Core
  authenticate: Authenticate
  limitAuthentication: LimitAuthentication
  /** Returns the URL with which links to pages of this server begin; undefined if it is unknown. */
  linkBase: () => string | undefined
  logger: Logger
  /** False once the shutdown has begun. */
  isAccepting: () => boolean
}

export interface HttpServer {
  server: Server
  /**
   * Stops accepting connections and waits for requests in progress.
   * @returns whether all requests finished in time
   */
  close: (times: ShutdownTimes) => Promise<boolean>
}

/** Creates the HTTP server and the middleware that each request passes on its way to an operation. */
export async function createHttpServer(
  { isTrustedProxy, publicUrl, corsOrigins, pages, oidc, requestTimeoutMs }: Config,
  { core, authenticate, limitAuthentication, linkBase, logger, isAccepting }: ServerOptions,
): Promise<HttpServer> {
  const metrics = createMetrics()
  const { registry } = metrics
  const timeoutMs = Math.min(maxSystemTimeoutMs, requestTimeoutMs)
  const refreshKeyGauges = createKeyGauges({ registry, core, timeoutMs, logger })
  const networkOf = clientNetworks(isTrustedProxy)
  const prefix = pathPrefixOf(publicUrl)
  const api = await createApi(
    core,
    ({ req }, signal) =>
      limitAuthentication(networkOf(req), signal, (takeTurn) => {
        const { authorization } = req.headers
        // Recognized before any JWT, so that invitations work with every source of keys.
        const invitationToken = readInvitationToken(authorization)
        return invitationToken === undefined
          ? authenticate(authorization, takeTurn)
          : authenticateInvitation(invitationToken, core, signal, takeTurn)
      }),
    networkOf,
    { prefix, linkBase },
  )

  const koa = new Koa()
  koa.use(requestId)
  koa.use(traceContext)
  koa.use(requestLog(logger))
  koa.use(metrics.observe)
  koa.use(securityHeaders)
  koa.use(async (context, next) => {
    await next()
    // Checked after the request, because the shutdown may begin while the request runs. If the client has pipelined
    // more requests, they still get their responses.
    if (!isAccepting() && !connections.isPipelining(context.req.socket)) context.set('Connection', 'close')
  })
  koa.use(respondToErrors(logger))
  koa.use(rejectAmbiguousRequest)
  if (prefix !== '') koa.use(removePathPrefix(prefix))
  const allowOrigins: (context: Context, next: () => Promise<void>) => Promise<void> = cors(corsOrigins)
  const serveApi = (context: Context) =>
    allowOrigins(context, () => deadline(requestTimeoutMs, (signal) => api(context, signal), context.res))
  // Before the pages, so that requests to the API do not pass through each of them.
  koa.use((context, next) => (context.path.startsWith(`${apiRoot}/`) ? serveApi(context) : next()))
  koa.use(systemRoutes({ core, registry, refreshKeyGauges, timeoutMs, isAccepting, logger, publicUrl }))
  if (pages.reference || pages.console) koa.use(redirectFromRoot(pages, publicUrl))
  if (pages.reference || pages.console || pages.rotate) koa.use(await createDesign())
  koa.use(keySets({ core, registry, networkOf: ({ req }) => networkOf(req), requestTimeoutMs }))
  if (pages.reference) {
    koa.use(await createReference({ publicUrl, hasConsole: pages.console }))
    koa.use(
      feedback({ registry, logger, networkOf: ({ req }) => networkOf(req), requestTimeoutMs, publicUrl }),
    )
  }
  if (pages.console) koa.use(await createConsole(oidc && openIdProvider(oidc, logger)))
  if (pages.rotate) koa.use(await createRotatePage())
  // Responds to unknown paths.
  koa.use(serveApi)
  // Koa emits this event only if a connection breaks during the response. respondToErrors handles all other errors.
  koa.on('error', (error: unknown) => {
    logger.warn({ error }, 'the connection failed while the response was sent')
  })
  const handle = koa.callback()
  const headTimeoutMs = Math.min(maxHeadTimeoutMs, requestTimeoutMs)
  const server = createServer({
    // Rekey itself rejects a request without Host, because Node's 400 response has no body.
    requireHostHeader: false,
    maxHeaderSize: maxHeadBytes,
    headersTimeout: headTimeoutMs,
    // The deadline ends the wait for a body with a 504. If the body is still arriving after that, this timeout closes
    // the connection.
    requestTimeout: headTimeoutMs + requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, Math.ceil(requestTimeoutMs / 2)),
  })
  // Closes stalled connections, such as those of clients that do not read responses.
  server.setTimeout(3 * requestTimeoutMs)
  const connections = new Connections(server, { handle, limit: connectionLimit(), onCut: metrics.countCut })
  respondToUnparsableRequests(server, connections, logger)
  return { server, close: (times) => closeServer(server, connections, times) }
}
