import { operations } from '../../generated/operations.ts'
import type { Config } from '../config/config.ts'
import { invitedActor, hashInvitationToken, whyInvitationIsDead } from '../domain/invitation.ts'
import { Keyring } from '../domain/sealing.ts'
import { generateSigningSecret, type SigningSecret } from '../domain/signing-secret.ts'
import { FairGate } from '../fair-gate.ts'
import type { Caller, Operation, OperationContext, OperationId } from '../operations/shared/operation.ts'
import { KeptKeys } from '../operations/shared/kept-keys.ts'
import { OpenedKeys } from '../operations/shared/opened-keys.ts'
import { ProbeLimit } from '../operations/shared/probe-limit.ts'
import { runScheduledProbe } from '../operations/shared/scheduled-probe.ts'
import { createPostMessage } from '../receiver/post-message.ts'
import { isPublicAddress } from '../receiver/public-address.ts'
import { openStore } from '../store/open-store.ts'
import { networkFileSystemWarning } from '../store/sqlite/network-file-system.ts'
import { readKeyStatistics } from '../store/tables/key-statistics.ts'
import { findInvitationByToken } from '../store/tables/rotation-invitations.ts'
import type { Core, CoreLog } from './core.ts'
import { checkEncryptionKeys } from './encryption-key-check.ts'
import { ProbeSchedule } from './probe-schedule.ts'
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
 * Maximum number of concurrent queries for the keys of many webhooks; one application gets at most half of them. On
 * SQLite, one turn of the event loop runs this many.
 */
const maxFanOutReads = 4

/** Maximum number of concurrent queries of long searches; one application or caller gets at most one of them. */
const maxSearches = 2

type PerCall = Pick<OperationContext, 'caller' | 'requestId' | 'trace' | 'publicUrl' | 'logError' | 'signal'>

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
  /** Source of new secrets. Defaults to the operating system's random source. */
  generateSecret?: () => SigningSecret
  /** How often to look for scheduled probes, in milliseconds. Defaults to never, because only servers send them. */
  probeIntervalMs?: number
}

/** The actor of scheduled probes. */
const ownCaller: Caller = { subject: 'rekey serve', identity: 'rekey serve', applications: '*' }

/**
 * Opens and migrates the database, and starts the sweep.
 * @throws ConfigError if the encryption key of a stored secret is missing
 */
export async function openCore(
  config: Config,
  { logger, probeIntervalMs, generateSecret = generateSigningSecret, ...clocks }: CoreOptions,
): Promise<Core> {
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
  const services: Omit<OperationContext, keyof PerCall> = {
    store,
    keyring,
    openedKeys,
    keptKeys: new KeptKeys(store),
    now,
    settledTime,
    generateSecret,
    postMessage: createPostMessage({
      isAllowed: (address) => isPublicAddress(address) || config.isAllowedReceiver(address),
      // A probe waits for two messages, one after the other, and reports a slow receiver as `timed_out`, not as a 504.
      timeoutMs: Math.min(receiverTimeoutMs, config.requestTimeoutMs / 3),
    }),
    probeLimit: new ProbeLimit(),
    inFlight: new Set(),
    turns: new FairGate(1),
    fanOutReads: new FairGate(maxFanOutReads),
    searches: new FairGate(maxSearches),
    overlapSeconds: config.overlapSeconds,
    rotationsPerMinute: config.rotationsPerMinute,
    servesRotatePage: config.pages.rotate,
  }
  const contextFor = (applicationId: string | undefined, perCall: Omit<PerCall, 'logError'>) => ({
    ...services,
    ...perCall,
    store: { ...store, read: store.readFor(applicationId) },
    logError: (error: unknown, text: string) => {
      logger.error({ requestId: perCall.requestId, error }, text)
    },
  })
  const stopSweeping = startSweeping({ ...services, logger })
  const probeSchedule =
    probeIntervalMs === undefined
      ? undefined
      : new ProbeSchedule({
          ...{ store, now, logger, intervalMs: probeIntervalMs },
          probe: (claim, signal) =>
            runScheduledProbe(
              claim,
              contextFor(claim.applicationId, {
                caller: ownCaller,
                requestId: null,
                trace: undefined,
                publicUrl: undefined,
                signal,
              }),
            ),
        })

  return {
    async execute({ operationId, input, caller, requestId, trace, publicUrl }, signal) {
      const run = operations[operationId] as (
        ...of: Parameters<Operation<OperationId>>
      ) => Promise<AnyResponse>
      const applicationId = 'applicationId' in input.path ? input.path.applicationId : undefined
      const context = contextFor(applicationId, { caller, requestId, trace, publicUrl, signal })
      const { status, headers = {}, body } = await run(input, context)
      return { status, headers, body: body && JSON.stringify(body) }
    },
    async findInvitation(token, signal) {
      const hash = hashInvitationToken(token)
      const invitation = await store.read((queries) => findInvitationByToken(queries, hash), signal)
      if (!invitation) return { fault: 'The invitation is unknown' }
      const fault = whyInvitationIsDead(invitation, now())
      return fault === null ? { invitation, actor: invitedActor(invitation), fault } : { fault }
    },
    ping: (signal) => store.ping(signal),
    publicKeys: publicKeyReader({ store, keyring, now }),
    keyStatistics: (signal) => store.read((queries) => readKeyStatistics(queries, now()), signal),
    countFailedAuthentication: store.rateLimiter({
      keyPrefix: 'failed-authentication',
      points: config.failedAuthenticationsPerMinute,
      duration: 60,
    }),
    async close() {
      await Promise.all([stopSweeping(), probeSchedule?.stop()])
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
