import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { type Config, ConfigError } from './config.ts'
import { Keyring } from './domain/sealing.ts'
import { generateSigningSecret } from './domain/signing-secret.ts'
import { createAuthenticate } from './http/auth.ts'
import { limitFailedAuthentications } from './http/failed-authentications.ts'
import { createHttpServer } from './http/server.ts'
import { createPostMessage } from './receiver/post-message.ts'
import { isPublicAddress } from './receiver/public-address.ts'
import { openStore } from './store/open.ts'
import { listSealingKids } from './store/signing-keys.ts'
import { startSweeping } from './sweep.ts'

/** How long a shutdown waits for requests that are running, in milliseconds. */
const drainMs = 15_000
/** How long a receiver that is probed may take to answer, in milliseconds. */
const receiverTimeoutMs = 3_000

export interface App {
  /** Brings the tables up to date and listens. @returns the server's origin, as `http://127.0.0.1:8080` */
  start(): Promise<string>
  /** Stops to accept, finishes what is running, closes the store. */
  close(): Promise<void>
}

export interface AppOptions {
  logger: Logger
  /** Milliseconds since 1970. */
  now?: () => number
}

/** Puts the parts together. */
export async function createApp(config: Config, { logger, now = Date.now }: AppOptions): Promise<App> {
  const keyring = new Keyring(config.encryptionKeys)
  const store = await openStore(config.database)
  let accepting = true
  let stopSweeping: (() => Promise<void>) | undefined
  const { server, close: closeServer } = await createHttpServer({
    services: {
      store,
      keyring,
      now,
      generateSecret: generateSigningSecret,
      postMessage: createPostMessage({
        isAllowed: (address) => isPublicAddress(address) || config.isAllowedReceiver(address),
        // So that a slow receiver is a verdict, and never the end of the request.
        timeoutMs: Math.min(receiverTimeoutMs, config.requestTimeoutMs / 2),
      }),
      inFlight: new Set(),
      overlapSeconds: config.overlapSeconds,
      rotationsPerMinute: config.rotationsPerMinute,
    },
    authenticate: createAuthenticate(config.jwt, now),
    limitAuthentication: limitFailedAuthentications(config.failedAuthenticationsPerMinute, store),
    isTrustedProxy: config.isTrustedProxy,
    requestTimeoutMs: config.requestTimeoutMs,
    logger,
    isAccepting: () => accepting,
  })

  return {
    async start() {
      const migrations = await store.migrate()
      if (migrations.length > 0) logger.info({ migrations }, 'tables brought up to date')
      const kids = await store.read(listSealingKids, AbortSignal.timeout(config.requestTimeoutMs))
      const missing = kids.filter((kid) => !keyring.has(kid))
      if (missing.length > 0) {
        throw new ConfigError([
          `REKEY_ENCRYPTION_KEYS lacks ${missing.join(', ')}, which stored secrets are sealed with`,
        ])
      }
      stopSweeping = startSweeping({ store, now, logger })
      server.listen(config.port, config.host)
      await once(server, 'listening')
      const { address, family, port } = server.address() as AddressInfo
      const origin = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
      logger.info({ origin }, 'listening')
      return origin
    },
    async close() {
      accepting = false
      if (!(await closeServer(drainMs))) logger.warn('requests that still ran were cut off')
      await stopSweeping?.()
      await store.close()
      logger.info('closed')
    },
  }
}
