import { setFlagsFromString } from 'node:v8'
import type { App } from '../http/app.ts'
import type { Environment } from '../config/config.ts'
import { startCoreThread } from '../core/thread/start-core-thread.ts'
import { createLogger, standardOutput } from '../logger.ts'
import { loadConfig } from './shared/load-config.ts'
import { readOptions } from './shared/options.ts'

export const usage = `Usage: rekey serve

Starts the API server.

All settings are environment variables, which the documentation lists. NAME_FILE names a file that contains
the value of NAME. Unless NODE_ENV is production, the server generates missing keys once and stores them in
./data/keys.json. It also provisions an example, and prints a curl command that rotates the example's secret.
`

/**
 * How much a V8 heap may grow between two full garbage collections, in percent. By default, V8 lets the heaps of both
 * threads grow to several times their size, without making the server faster.
 */
const heapGrowthPercent = 50

/**
 * Signals that arrive within this many milliseconds of the first count as one: npm and `rekey` forward a signal that
 * the terminal or supervisor has already sent to the server.
 */
const oneSignalMs = 1_000

/**
 * How long startup may wait for the database before it logs a warning, in milliseconds. After a stop signal, the server
 * waits this long for the database before it exits.
 */
const slowStartMs = 5_000

/**
 * After a stop signal, the server keeps accepting requests on open connections until none has arrived for this many
 * milliseconds. This is long enough to receive a request that a client or a proxy had already sent.
 */
const graceMs = 1_000

/**
 * Runs the server until SIGTERM or SIGINT, then finishes the requests in progress. A second signal ends the process
 * immediately.
 */
export async function run(environment: Environment, args: string[]): Promise<void> {
  readOptions(args, {})
  const { config, environment: completeEnvironment } = await loadConfig(environment, { makeKeys: true })
  const logger = createLogger(config.logLevel, await standardOutput())
  const stopped = stopSignal()
  const opening = startCoreThread(completeEnvironment, logger)
  const impatience = setTimeout(() => {
    logger.warn('still waiting for the database; check DATABASE_URL')
  }, slowStartMs).unref()
  let app: App | undefined
  void stopped.then(() =>
    setTimeout(() => {
      if (app) return
      process.stderr.write('rekey serve: stopped while waiting for the database\n')
      process.exit(1)
    }, slowStartMs).unref(),
  )
  try {
    // The core and the app load in parallel, because they need different modules.
    const [core, { createApp }] = await Promise.all([opening, import('../http/app.ts')])
    clearTimeout(impatience)
    app = await createApp(config, { core, logger })
    const origin = await app.start()
    // Set only after startup: loaded code stays on the heap, so collecting garbage while it loads would free nothing.
    setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`)
    if (environment['NODE_ENV'] !== 'production') {
      const { provisionExample: welcome } = await import('./serve/example.ts')
      await welcome(origin, config)
    }
    await stopped
    logger.info('shutting down')
  } finally {
    if (app) await app.close(graceMs)
    else await (await opening).close()
  }
}

/** Resolves on the first stop signal. A signal that arrives more than `oneSignalMs` later ends the process. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    const onSignal = () => {
      firstAt ??= performance.now()
      if (performance.now() - firstAt > oneSignalMs) process.exit(1)
      resolve()
    }
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  })
}
