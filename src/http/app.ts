import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import type { Core } from '../core/core.ts'
import { createAuthenticate } from './authentication/authenticate.ts'
import { limitFailedAuthentications } from './limits/failed-authentications.ts'
import { describeListenFailure } from './listen-failure.ts'
import { createHttpServer } from './server.ts'

/** How long a shutdown waits for requests in progress, in milliseconds. */
const drainMs = 15_000

export interface App {
  /**
   * Starts listening.
   * @returns the server's origin, as in `http://127.0.0.1:8080`
   */
  start(): Promise<string>
  /**
   * Stops accepting connections, waits for requests in progress, and closes the core.
   * @param graceMs milliseconds without a new request after which no more requests are expected on open connections
   */
  close(graceMs?: number): Promise<void>
}

export interface AppOptions {
  core: Core
  logger: Logger
  /** Returns the current time in milliseconds since 1970. */
  now?: () => number
}

export async function createApp(config: Config, { core, logger, now = Date.now }: AppOptions): Promise<App> {
  let accepting = true
  let listeningOn: string | undefined
  const { server, close: closeServer } = await createHttpServer(config, {
    core,
    authenticate: createAuthenticate(config.jwt, now),
    limitAuthentication: limitFailedAuthentications(config.failedAuthenticationsPerMinute, core),
    // In production, users seldom reach the server at the address that it listens on.
    linkBase: () => config.publicUrl ?? (config.isProduction ? undefined : listeningOn),
    logger,
    isAccepting: () => accepting,
  })

  return {
    async start() {
      server.listen(config.port, config.host)
      await once(server, 'listening').catch((cause: unknown) => {
        throw new Error(`cannot listen: ${describeListenFailure(cause, config.host, config.port)}`, { cause })
      })
      const { address, family, port } = server.address() as AddressInfo
      const origin = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
      listeningOn = origin
      logger.info({ origin }, 'listening')
      return origin
    },
    async close(graceMs = 0) {
      accepting = false
      if (!(await closeServer({ graceMs, drainMs })))
        logger.warn('aborted requests that were still in progress')
      await core.close()
      logger.info('closed')
    },
  }
}
