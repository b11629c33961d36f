import type { z } from 'zod'
import { closest } from './closest.ts'
import type { Config, Environment, JwtKeySource } from './config.ts'
import { ConfigError } from './config-error.ts'
import { algorithmsFor } from './jwt-algorithms.ts'
import { variables } from './variables.ts'

/**
 * Whether Kubernetes set this variable. If a namespace has a service named `rekey`, Kubernetes sets variables such as
 * `REKEY_PORT` in every container of the namespace.
 */
function isServiceLink(name: string, value = ''): boolean {
  const isPlace = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)
  return isPlace || (name.endsWith('_PORT') && value.includes('://'))
}

/**
 * Reads the configuration from environment variables. An empty variable counts as unset.
 * @throws ConfigError that lists every error
 */
export function readConfig(environment: Environment): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const faults = Object.entries(set)
    .filter(([name]) => name.startsWith('REKEY_') && !(name in variables.shape))
    .filter(([name, value]) => !isServiceLink(name, value))
    .map(([name]) => `${name} is not a known variable; ${unknownNameHelp(name)}`)

  const { data, error } = variables.safeParse(set)
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
  if (!data || faults.length > 0) throw new ConfigError(faults)

  const keys = keySource(data)
  const fitting = algorithmsFor(keys)
  const allowed = data.REKEY_JWT_ALGORITHMS ?? fitting
  const misfits = allowed.filter((algorithm) => !fitting.includes(algorithm))
  if (misfits.length > 0) {
    throw new ConfigError([
      `REKEY_JWT_ALGORITHMS contains ${misfits.join(', ')}, which the configured key cannot verify; ` +
        `algorithms allowed for this key: ${fitting.join(', ')}`,
    ])
  }
  return {
    host: data.HOST,
    port: data.PORT,
    database: data.DATABASE_URL,
    encryptionKeys: data.REKEY_ENCRYPTION_KEYS,
    jwt: {
      keys,
      algorithms: allowed,
      issuer: data.REKEY_JWT_ISSUER,
      audience: data.REKEY_JWT_AUDIENCE,
      clockToleranceSeconds: data.REKEY_JWT_CLOCK_TOLERANCE_SECONDS,
      scopeClaim: data.REKEY_JWT_SCOPE_CLAIM,
      applicationsClaim: data.REKEY_JWT_APPLICATIONS_CLAIM,
    },
    overlapSeconds: data.REKEY_OVERLAP_SECONDS,
    requestTimeoutMs: data.REKEY_REQUEST_TIMEOUT_MS,
    rotationsPerMinute: data.REKEY_ROTATIONS_PER_MINUTE,
    failedAuthenticationsPerMinute: data.REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE,
    isTrustedProxy: data.REKEY_TRUSTED_PROXIES,
    isAllowedReceiver: data.REKEY_PROBE_ALLOW ?? (() => false),
    logLevel: data.LOG_LEVEL,
  }
}

function unknownNameHelp(name: string): string {
  const known = Object.keys(variables.shape)
  const meant = closest(name, known) ?? known.find((other) => name === `REKEY_${other}`)
  return meant ? `did you mean ${meant}?` : 'correct its name or remove it'
}

function keySource(data: z.infer<typeof variables>): JwtKeySource {
  if (data.REKEY_JWT_SECRET !== undefined)
    return { kind: 'secret', secret: Buffer.from(data.REKEY_JWT_SECRET) }
  if (data.REKEY_JWT_PUBLIC_KEY_FILE) return { kind: 'publicKey', key: data.REKEY_JWT_PUBLIC_KEY_FILE }
  return { kind: 'jwks', url: new URL(data.REKEY_JWKS_URL ?? '') }
}
