import { setFlagsFromString } from 'node:v8'
import type { App } from '../http/app.ts'
import type { Environment } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import { startCoreThread } from '../core/thread/start-core-thread.ts'
import { createLogger, standardOutput } from '../logger.ts'
import { withDevelopmentKeys } from './shared/development-keys.ts'
import { readOptions } from './shared/options.ts'

export const usage = `rekey serve

Serves the API. Everything is configured by environment variables; the README has a table of them.
Outside production (NODE_ENV), keys that are not set are made once and kept in ./data/keys.json, an
example is provisioned, and a curl command that rotates its secret is printed.
`

/**
 * By how many percent more than it held after a full garbage collection a heap may hold before the next one. V8 would
 * let it grow several times over, in both threads, for no more speed.
 */
const heapGrowthPercent = 50

/**
 * Signals that come within this time, in milliseconds, are one: npm and `rekey` pass on what a terminal or
 * a supervisor has sent to the server too.
 */
const oneSignalMs = 1_000

/**
 * How long the database may take to answer before that is logged, and how long it is waited for after a signal to
 * stop, in milliseconds.
 */
const slowStartMs = 5_000

/** Runs until SIGTERM or SIGINT, then finishes what is running. A second signal ends it at once. */
export async function run(environment: Environment, args: string[]): Promise<void> {
  readOptions(args, {})
  const completeEnvironment = withDevelopmentKeys(environment, { make: true })
  const config = readConfig(completeEnvironment)
  const logger = createLogger(config.logLevel, await standardOutput())
  const stopped = stopSignal()
  const opening = startCoreThread(completeEnvironment, logger)
  const impatience = setTimeout(() => {
    logger.warn('the database has not answered yet')
  }, slowStartMs).unref()
  let app: App | undefined
  void stopped.then(() =>
    setTimeout(() => {
      if (app) return
      process.stderr.write('rekey serve: stopped before the database answered\n')
      process.exit(1)
    }, slowStartMs).unref(),
  )
  try {
    // Each loads what the other does not need.
    const [core, { createApp }] = await Promise.all([opening, import('../http/app.ts')])
    clearTimeout(impatience)
    app = await createApp(config, { core, logger })
    const origin = await app.start()
    // Not before: while the code is loaded all that a heap takes is kept, and to collect would be in vain.
    setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`)
    if (environment['NODE_ENV'] !== 'production') {
      const { provisionExample: welcome } = await import('./serve/example.ts')
      await welcome(origin, config.jwt)
    }
    await stopped
    logger.info('shutting down')
  } finally {
    await (app ?? (await opening)).close()
  }
}

/** Resolves with the first signal to stop; one that comes later ends the process. */
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
