import { closest } from './closest.ts'
import type { Environment } from './config.ts'
import { ConfigError, databaseFault } from './config-error.ts'
import { parsePostgresUrl } from './postgres-url.ts'
import { surplusSpace } from './value-text.ts'

/**
 * The parameters that Rekey supports (PostgreSQL documentation, "Parameter Key Words"), and the environment variables
 * from which libpq takes them if the URL does not contain them. `schema` is Rekey's own.
 */
const supported = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  dbname: 'PGDATABASE',
  schema: undefined,
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  channel_binding: 'PGCHANNELBINDING',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  application_name: 'PGAPPNAME',
  options: 'PGOPTIONS',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
}

/**
 * Variables of other parameters that say where to connect, and how securely. Each has the values that Rekey accepts,
 * because they ask only for what it does anyway.
 */
const unsupported: Record<string, readonly string[]> = {
  PGCLIENTENCODING: ['UTF8', 'UTF-8', 'utf8', 'utf-8', 'auto'],
  PGGSSENCMODE: ['disable', 'prefer'],
  PGHOSTADDR: [],
  PGKEEPALIVES: ['1'],
  PGLOADBALANCEHOSTS: ['disable'],
  PGREQUIREAUTH: [],
  PGREQUIREPEER: [],
  PGREQUIRESSL: [],
  PGSERVICE: [],
  PGSSLCERTMODE: ['allow'],
  PGSSLCOMPRESSION: ['0'],
  PGSSLCRL: [],
  PGSSLCRLDIR: [],
  PGSSLMAXPROTOCOLVERSION: [],
  PGSSLSNI: ['1'],
}

/** Values of `ssl`, which drivers accept in place of `sslmode`. */
const sslModes: Record<string, string> = {
  true: 'require',
  1: 'require',
  false: 'disable',
  0: 'disable',
  'no-verify': 'no-verify',
}

export type PostgresParameter = keyof typeof supported

/** The parameters of a PostgreSQL connection, from the URL and libpq's environment variables. */
export class PostgresSettings {
  readonly #url: Map<string, string>
  readonly #environment: Environment

  /** @throws ConfigError if the URL or a variable contains something that Rekey would have to ignore */
  constructor(url: string, environment: Environment) {
    this.#url = withSslMode(parsePostgresUrl(url))
    this.#environment = environment
    const unknown = [...this.#url].filter(
      ([name, value]) => !Object.hasOwn(supported, name) && !isHarmless(name, value),
    )
    if (unknown.length > 0) throw unknownParameters(unknown.map(([name]) => name))
    const refused = Object.keys(environment).filter(
      (name) =>
        environment[name] &&
        !isHarmless(name, environment[name]) &&
        (Object.hasOwn(unsupported, name) || isFileVariable(name)),
    )
    if (refused.length > 0)
      throw new ConfigError(
        refused.map((name) => `${name} is set, but Rekey does not support it; start Rekey with it empty`),
      )
  }

  get(parameter: PostgresParameter): string | undefined {
    const value = this.#url.get(parameter)
    const variable = supported[parameter]
    if (value !== undefined || variable === undefined) return value
    const inherited = this.#environment[variable]
    if (inherited !== inherited?.trim()) throw new ConfigError([`${variable} ${surplusSpace}`])
    return inherited === '' ? undefined : inherited
  }

  /** Returns an error about a parameter. The message completes a sentence that begins with the parameter. */
  fault(parameter: PostgresParameter, message: string): ConfigError {
    const variable = this.#url.has(parameter) ? undefined : supported[parameter]
    return new ConfigError([`${variable ?? `DATABASE_URL cannot be used: ${parameter}`} ${message}`])
  }
}

function withSslMode(url: Map<string, string>): Map<string, string> {
  const ssl = url.get('ssl')
  if (ssl === undefined) return url
  const mode = sslModes[ssl]
  if (mode === undefined || url.has('sslmode'))
    throw databaseFault('contains ssl; remove it, and use sslmode alone, such as sslmode=verify-full')
  url.delete('ssl')
  return url.set('sslmode', mode)
}

/** Whether the value of an unsupported parameter or variable asks only for what Rekey does anyway. */
function isHarmless(name: string, value: string): boolean {
  const variable = name.startsWith('PG') ? name : `PG${name.replaceAll('_', '').toUpperCase()}`
  return unsupported[variable]?.includes(value) ?? false
}

/** Whether someone expects Rekey to read libpq's variable from a file, as it reads its own. */
function isFileVariable(name: string): boolean {
  return Object.values(supported).some((variable) => variable !== undefined && name === `${variable}_FILE`)
}

function unknownParameters(names: string[]): ConfigError {
  const known = Object.keys(supported)
  const hints = names.map((name) => {
    const meant = closest(name.toLowerCase(), known)
    return meant ? `${name} (did you mean ${meant}?)` : name
  })
  return databaseFault(
    `contains parameters that Rekey does not support: ${hints.join(', ')}; remove them. Supported parameters: ` +
      known.join(', '),
  )
}
