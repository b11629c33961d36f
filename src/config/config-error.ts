/** Lists every error in the configuration, one per line. Never repeats a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly faults: string[]

  constructor(faults: string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

/** An error in `DATABASE_URL`. The message completes a sentence that begins with the variable's name. */
export function databaseFault(message: string): ConfigError {
  return new ConfigError([`DATABASE_URL ${message}`])
}
