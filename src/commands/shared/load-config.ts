import type { Config, Environment } from '../../config/config.ts'
import { ConfigError } from '../../config/config-error.ts'
import { readConfig } from '../../config/read-config.ts'
import { readSources } from '../../config/sources.ts'
import { withDevelopmentKeys } from './development-keys.ts'

interface LoadedConfig {
  config: Config
  /** Every value in its own variable, from which the core's thread reads the configuration again. */
  environment: Environment
}

/**
 * Loads the configuration of a command: from variables, from the files and the command that variables name, and outside
 * production from the development keys.
 * @param makeKeys whether to generate development keys that are missing
 * @throws ConfigError that lists every error
 */
export async function loadConfig(given: Environment, { makeKeys = false } = {}): Promise<LoadedConfig> {
  const { environment: read, withOrigin } = await readSources(given)
  const environment = withDevelopmentKeys(read, { make: makeKeys })
  try {
    return { config: readConfig(environment), environment }
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(error.faults.map(withOrigin)) : error
  }
}
