import { closest } from './closest.ts'
import type { Config, Environment } from './config.ts'
import { ConfigError } from './config-error.ts'
import { readDatabaseUrl } from './database-url.ts'
import { readJwtConfig } from './read-jwt-config.ts'
import { readOidcConfig } from './read-oidc-config.ts'
import { surplusSpace } from './value-text.ts'
import { fileVariables, variables } from './variables.ts'

/**
 * Whether Kubernetes set this variable. If a namespace has a service named `rekey` or `database`, Kubernetes sets
 * variables such as `REKEY_PORT` in every container of the namespace.
 */
function isServiceLink(name: string, value = ''): boolean {
  const isPlace = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)
  return isPlace || (name.endsWith('_PORT') && value.includes('://'))
}

/** Whether only Rekey can be meant by this variable, so that an unknown name is an error. */
function isForRekey(name: string): boolean {
  return /^(REKEY|DATABASE)_/.test(name) || name === 'NODE_ENV_FILE'
}

/**
 * Reads the configuration from environment variables. An empty variable counts as unset.
 * @throws ConfigError that lists every error
 */
export function readConfig(environment: Environment): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const faults = Object.entries(set)
    .filter(([name]) => isForRekey(name) && !(name in variables.shape))
    .filter(([name, value]) => !isServiceLink(name, value))
    .map(([name]) => `${name} is not a known variable; ${unknownNameHelp(name)}`)

  const spaced = Object.keys(variables.shape).filter((name) => set[name] !== set[name]?.trim())
  faults.push(...spaced.map((name) => `${name} ${surplusSpace}`))
  const trimmed = Object.fromEntries(Object.entries(set).map(([name, value]) => [name, value?.trim()]))
  const { data, error } = variables.safeParse(trimmed)
  if (error) {
    faults.push(
      ...error.issues.map(({ path, code, message }) => {
        const name = String(path[0])
        return code === 'invalid_type' && set[name] === undefined
          ? `${name} is not set; \`rekey keygen\` prints a value for it`
          : `${name} ${message}`
      }),
    )
  }
  const database = collectFaults(faults, () =>
    readDatabaseUrl(variables.shape.DATABASE_URL.parse(trimmed['DATABASE_URL']), set),
  )
  const sources = ['REKEY_JWT_SECRET', 'REKEY_JWT_PUBLIC_KEY_FILE', 'REKEY_JWKS_URL'].filter(
    (name) => set[name],
  )
  if (sources.length === 0) {
    faults.push(
      'REKEY_JWT_SECRET, REKEY_JWT_PUBLIC_KEY_FILE or REKEY_JWKS_URL must be set, so that Rekey can verify tokens',
    )
  }
  if (sources.length > 1) {
    faults.push(`${sources.join(' and ')} are mutually exclusive; set only one of them`)
  }
  if (!data || !database || faults.length > 0) throw new ConfigError(faults)

  return {
    isProduction: data.NODE_ENV === 'production',
    host: data.HOST,
    port: data.PORT,
    database,
    encryptionKeys: data.REKEY_ENCRYPTION_KEYS,
    jwt: readJwtConfig(data, (name) => name in set),
    oidc: readOidcConfig(data),
    overlapSeconds: data.REKEY_OVERLAP_SECONDS,
    requestTimeoutMs: data.REKEY_REQUEST_TIMEOUT_MS,
    rotationsPerMinute: data.REKEY_ROTATIONS_PER_MINUTE,
    failedAuthenticationsPerMinute: data.REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE,
    publicUrl: data.REKEY_PUBLIC_URL,
    corsOrigins: data.REKEY_CORS_ORIGINS ?? [],
    pages: data.REKEY_PAGES,
    isTrustedProxy: data.REKEY_TRUSTED_PROXIES,
    isAllowedReceiver: data.REKEY_PROBE_ALLOW ?? (() => false),
    logLevel: data.LOG_LEVEL,
  }
}

/** Returns undefined and adds the faults to `faults` if `read` throws a ConfigError. */
function collectFaults<T>(faults: string[], read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    faults.push(...error.faults)
    return undefined
  }
}

function unknownNameHelp(name: string): string {
  if (name === 'NODE_ENV_FILE') return 'set NODE_ENV itself'
  if (name.startsWith('DATABASE_'))
    return 'Rekey takes everything about its database from DATABASE_URL; if the variable is for other software, start Rekey with it empty'
  const known = [...Object.keys(variables.shape), ...fileVariables.map((variable) => `${variable}_FILE`)]
  const meant = closest(name, known) ?? known.find((other) => name === `REKEY_${other}`)
  return meant ? `did you mean ${meant}?` : 'correct its name or remove it'
}
