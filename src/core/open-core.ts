import { operations } from '../../generated/operations.ts'
import type { Config } from '../config/config.ts'
import { Keyring } from '../domain/sealing.ts'
import { generateSigningSecret } from '../domain/signing-secret.ts'
import { FairGate } from '../fair-gate.ts'
import type { Operation, OperationContext, OperationId } from '../operations/shared/operation.ts'
import { OpenedKeys } from '../operations/shared/opened-keys.ts'
import { ProbeLimit } from '../operations/shared/probe-limit.ts'
import { createPostMessage } from '../receiver/post-message.ts'
import { isPublicAddress } from '../receiver/public-address.ts'
import { openStore } from '../store/open-store.ts'
import { networkFileSystemWarning } from '../store/sqlite/network-file-system.ts'
import type { RateLimiter } from '../store/store.ts'
import { readKeyStatistics } from '../store/tables/key-statistics.ts'
import type { Core, CoreLog } from './core.ts'
import { checkEncryptionKeys } from './encryption-key-check.ts'
import { publicKeyReader } from './public-keys.ts'
import { SettledClock } from './settled-clock.ts'
import { startSweeping } from './sweep.ts'

/** Maximum time for a probed receiver to respond, in milliseconds. */
const receiverTimeoutMs = 3_000

/**
 * Maximum difference between this machine's clock and the database's clock, in milliseconds. A larger one causes a
 * warning.
 */
const maxSkewMs = 60_000

/**
 * Maximum number of queries for the keys of many webhooks at the same time, and half of that for one application. On
 * SQLite, one turn of the event loop runs as many.
 */
const maxFanOutReads = 4

type PerCall = 'caller' | 'requestId' | 'trace' | 'logError' | 'signal'

interface AnyResponse {
  status: number
  headers?: Record<string, string>
  body: object | undefined
}

export interface CoreOptions {
  logger: CoreLog
  /** Returns the current time in milliseconds since 1970. Defaults to the store's clock. */
  now?: () => number
  /**
   * Returns the milliseconds since some fixed moment. Defaults to `now` if given, otherwise to the monotonic clock. See
   * SettledClock.
   */
  uptime?: () => number
}

/**
 * Opens and migrates the database, and starts the sweep.
 * @throws ConfigError if the encryption key of a stored secret is missing
 */
export async function openCore(config: Config, { logger, ...clocks }: CoreOptions): Promise<Core> {
  const keyring = new Keyring(config.encryptionKeys)
  const openedKeys = new OpenedKeys(keyring)
  const store = await openStore(config.database)
  const { now = store.now, uptime = clocks.now ?? (() => performance.now()) } = clocks
  let settledTime: () => number
  try {
    const migrations = await store.migrate()
    if (migrations.length > 0) logger.info({ migrations }, 'database migrated')
    const warning = networkFileSystemWarning(config.database)
    if (warning) logger.warn({}, warning)
    await checkEncryptionKeys(store, keyring, AbortSignal.timeout(config.requestTimeoutMs))
    warnOfSkew(store.now(), logger)
    const settledClock = await SettledClock.open(store, { now, uptime, logger })
    settledTime = () => settledClock.read()
  } catch (error) {
    await store.close()
    throw error
  }
  const services: Omit<OperationContext, PerCall> = {
    store,
    keyring,
    openedKeys,
    now,
    settledTime,
    generateSecret: generateSigningSecret,
    postMessage: createPostMessage({
      isAllowed: (address) => isPublicAddress(address) || config.isAllowedReceiver(address),
      // Shorter than the request's deadline, so that the probe reports a slow receiver as `timed_out`, not as a 504.
      timeoutMs: Math.min(receiverTimeoutMs, config.requestTimeoutMs / 2),
    }),
    probeLimit: new ProbeLimit(),
    inFlight: new Set(),
    turns: new FairGate(1),
    fanOutReads: new FairGate(maxFanOutReads),
    overlapSeconds: config.overlapSeconds,
    rotationsPerMinute: config.rotationsPerMinute,
  }
  const limiters = new Map<string, RateLimiter>()
  const stopSweeping = startSweeping({ store, openedKeys, now, settledTime, logger })

  return {
    async execute({ operationId, input, caller, requestId, trace }, signal) {
      const run = operations[operationId] as (
        ...of: Parameters<Operation<OperationId>>
      ) => Promise<AnyResponse>
      const read = store.readFor('applicationId' in input.path ? input.path.applicationId : undefined)
      const logError: OperationContext['logError'] = (error, text) => {
        logger.error({ requestId, error }, text)
      }
      const perCall: Pick<OperationContext, PerCall> = { caller, requestId, trace, logError, signal }
      const context = { ...services, store: { ...store, read }, ...perCall }
      const { status, headers = {}, body } = await run(input, context)
      return { status, headers, body: body && JSON.stringify(body) }
    },
    ping: (signal) => store.ping(signal),
    publicKeys: publicKeyReader({ store, keyring, now }),
    keyStatistics: (signal) => store.read((queries) => readKeyStatistics(queries, now()), signal),
    consumeRateLimit(limit, key) {
      const limiter = limiters.get(limit.keyPrefix) ?? store.rateLimiter(limit)
      limiters.set(limit.keyPrefix, limiter)
      return limiter(key)
    },
    async close() {
      await stopSweeping()
      await store.close()
    },
  }
}

/**
 * Warns if this machine's clock differs from the database server's. The machine's clock decides when tokens expire, and
 * the database's clock decides when keys expire.
 */
function warnOfSkew(databaseTime: number, logger: CoreLog): void {
  const skewMs = Date.now() - databaseTime
  if (Math.abs(skewMs) > maxSkewMs)
    logger.warn(
      { skewSeconds: Math.round(skewMs / 1000) },
      "this machine's clock differs from the database's. Keys expire by the database's clock, and tokens are checked " +
        "by this machine's. Correct the clock that is wrong (check NTP)",
    )
}
