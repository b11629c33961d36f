import { once } from 'node:events'
import type { Logger } from 'pino'
import { createApp } from '../app.ts'
import { readConfig, type Environment } from '../config.ts'
import { createLogger } from '../logger.ts'
import { withDevelopmentKeys } from './development-keys.ts'
import { welcome } from './welcome.ts'

export const usage = `rekey serve

Serves the API. Everything is configured by environment variables; the README has a table of them.
Outside production (NODE_ENV), keys that are not set are made once and kept in ./data/keys.json, an
example is provisioned, and a curl command that rotates its secret is printed.
`

/** Runs until SIGTERM or SIGINT, then finishes what is running. A second signal ends it at once. */
export async function serve(environment: Environment): Promise<void> {
  const config = readConfig(withDevelopmentKeys(environment))
  const logger = createLogger(config.logLevel)
  const app = await createApp(config, { logger })
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  try {
    const origin = await app.start()
    if (environment['NODE_ENV'] !== 'production') await welcome(origin, config.jwt)
    await stopped
    logger.info('shutting down')
    process.once('SIGTERM', endAtOnce).once('SIGINT', endAtOnce)
  } finally {
    await app.close()
    await flush(logger)
  }
}

function endAtOnce(): never {
  process.exit(1)
}

function flush(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    logger.flush(() => {
      resolve()
    })
  })
}
