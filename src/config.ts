import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import proxyAddress from 'proxy-addr'
import { z } from 'zod'
import { encryptionKeyBytes, type EncryptionKey } from './domain/sealing.ts'

/** RFC 7518, section 3.2: a key for HS256 has at least as many bits as the hash. */
const minJwtSecretBytes = 32
/** RFC 7518, section 3.3. With a shorter key, every token would be refused. */
const minRsaBits = 2_048
const asymmetricAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const

export type Environment = Record<string, string | undefined>

/** What tokens are verified with. */
export type JwtKeySource =
  { kind: 'secret'; secret: Uint8Array } | { kind: 'publicKey'; key: KeyObject } | { kind: 'jwks'; url: URL }

export interface JwtConfig {
  keys: JwtKeySource
  /** The only values of `alg` that are accepted. */
  algorithms: string[]
  issuer: string | undefined
  audience: string | undefined
  clockToleranceSeconds: number
  scopeClaim: string
  applicationsClaim: string
}

/** An SQLite file, or a PostgreSQL server. The URL may hold a password. */
export type DatabaseLocation = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string }

export interface Config {
  host: string
  port: number
  database: DatabaseLocation
  /** Newest first. */
  encryptionKeys: [EncryptionKey, ...EncryptionKey[]]
  jwt: JwtConfig
  overlapSeconds: number
  requestTimeoutMs: number
  /** 0 sets no limit. */
  rotationsPerMinute: number
  /** 0 sets no limit. */
  failedAuthenticationsPerMinute: number
  /** Whether an address is that of a proxy, whose X-Forwarded-For is believed. */
  isTrustedProxy: (address: string) => boolean
  /** Whether a probe may be sent to an address that is not public. */
  isAllowedReceiver: (address: string) => boolean
  logLevel: z.infer<typeof variables.shape.LOG_LEVEL>
}

/** Every fault of the configuration, one line each. None repeats a secret. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly faults: string[]

  constructor(faults: string[]) {
    super(faults.join('\n'))
    this.faults = faults
  }
}

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)
}

const encryptionKeys = z.string().transform((text, context): [EncryptionKey, ...EncryptionKey[]] => {
  const fault = (message: string): never => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  const keys = text.split(',').map((part) => {
    const [, kid = '', encoded = ''] = /^\s*([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9+/=_-]+)\s*$/.exec(part) ?? []
    return { kid, key: Buffer.from(encoded, 'base64') }
  })
  const [first, ...others] = keys
  if (!first || keys.some(({ key }) => key.length !== encryptionKeyBytes)) {
    return fault(`must be kid:base64, comma-separated, each key ${encryptionKeyBytes} bytes`)
  }
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) return fault('has the same kid twice')
  return [first, ...others]
})

const databaseUrl = z.string().transform((url, context): DatabaseLocation => {
  const [, file] = /^sqlite:(.+)$/.exec(url) ?? []
  if (file !== undefined) return { kind: 'sqlite', file }
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return { kind: 'postgres', url }
  context.addIssue({
    code: 'custom',
    message: 'must be sqlite:path/to/file.db or postgres://user:password@host:port/database',
  })
  return z.NEVER
})

const publicKeyFile = z.string().transform((file, context) => {
  const fault = (message: string): never => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  let key: KeyObject
  try {
    key = createPublicKey(readFileSync(file))
  } catch (error) {
    // Only the code: the text repeats the value, and that is the key itself if it was put here by mistake.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return fault(`must be the path of a PEM public key, which cannot be read (${code})`)
  }
  return publicKeyAlgorithms(key).length > 0
    ? key
    : fault(`must hold an RSA key of ${minRsaBits} bits or more, or a P-256 or Ed25519 key`)
})

const algorithms = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z.array(z.enum(['HS256', ...asymmetricAlgorithms], `knows HS256, ${asymmetricAlgorithms.join(', ')}`)),
  )

const addresses = z.string().transform((text, context) => {
  try {
    const isOne = proxyAddress.compile(text.split(',').map((part) => part.trim()))
    return (address: string) => isOne(address, 0)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
    return z.NEVER
  }
})

const variables = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  PORT: wholeNumber(0, 65_535).default(8080).describe('Port to listen on; 0 takes a free one'),
  DATABASE_URL: databaseUrl
    .prefault('sqlite:./data/rekey.db')
    .describe(
      'Where the data is kept: `sqlite:` and a path, or `postgres://user:password@host:port/database?sslmode=verify-full`',
    ),
  REKEY_ENCRYPTION_KEYS: encryptionKeys.describe(
    'Keys that seal the secrets at rest: `kid:base64` of 32 bytes each, comma-separated, newest first',
  ),
  REKEY_JWT_SECRET: z
    .string()
    .refine(
      (text) => Buffer.byteLength(text) >= minJwtSecretBytes,
      `must have at least ${minJwtSecretBytes} bytes`,
    )
    .optional()
    .describe(
      'Tokens are verified with this secret (HS256); one of the three `REKEY_JWT_SECRET`, `REKEY_JWT_PUBLIC_KEY_FILE`, `REKEY_JWKS_URL` is needed',
    ),
  REKEY_JWT_PUBLIC_KEY_FILE: publicKeyFile
    .optional()
    .describe('Tokens are verified with the public key in this PEM file (RSA, P-256 or Ed25519)'),
  REKEY_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe("Tokens are verified with the keys at this URL, the issuer's JWKS"),
  REKEY_JWT_ALGORITHMS: algorithms
    .optional()
    .describe('The only algorithms accepted, comma-separated; unless set, those that fit the key'),
  REKEY_JWT_ISSUER: z.string().min(1).optional().describe('When set, `iss` must be this'),
  REKEY_JWT_AUDIENCE: z.string().min(1).optional().describe('When set, `aud` must be or hold this'),
  REKEY_JWT_CLOCK_TOLERANCE_SECONDS: wholeNumber(0, 300)
    .default(5)
    .describe('How far the clocks of issuer and server may differ when `exp` and `nbf` are checked'),
  REKEY_JWT_SCOPE_CLAIM: z
    .string()
    .min(1)
    .default('scope')
    .describe("The claim that holds the token's scopes"),
  REKEY_JWT_APPLICATIONS_CLAIM: z
    .string()
    .min(1)
    .default('applications')
    .describe('The claim that names the applications that the token may touch'),
  REKEY_OVERLAP_SECONDS: wholeNumber(0, 604_800)
    .default(86_400)
    .describe('How long the key before goes on signing after a rotation that does not say'),
  REKEY_REQUEST_TIMEOUT_MS: wholeNumber(1, 600_000)
    .default(10_000)
    .describe('A request that takes longer is rolled back and answered with 504'),
  REKEY_ROTATIONS_PER_MINUTE: wholeNumber(0, 1_000_000)
    .default(30)
    .describe('How often the secret of one webhook may be rotated; past that 429. 0 sets no limit'),
  REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: wholeNumber(0, 1_000_000)
    .default(100)
    .describe(
      'How many requests without a valid token one address may send; past that 429 to all it sends. 0 sets no limit',
    ),
  REKEY_TRUSTED_PROXIES: addresses
    .prefault('loopback')
    .describe(
      'Proxies whose `X-Forwarded-For` tells the address: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`, comma-separated',
    ),
  REKEY_PROBE_ALLOW: addresses
    .optional()
    .describe(
      'Receivers that may be probed though their address is not public: addresses, CIDR ranges, `loopback`, `linklocal`, `uniquelocal`, comma-separated',
    ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('The least severe lines that are logged'),
})

/**
 * Reads the configuration from environment variables. An empty variable counts as not set.
 * @throws ConfigError with every fault at once
 */
export function readConfig(environment: Environment): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const faults = Object.keys(set)
    .filter((name) => name.startsWith('REKEY_') && !(name in variables.shape))
    .map((name) => `${name} is not a variable that Rekey knows`)

  const { data, error } = variables.safeParse(set)
  if (error) {
    faults.push(
      ...error.issues.map(({ path, code, message }) => {
        const name = String(path[0])
        return code === 'invalid_type' && set[name] === undefined
          ? `${name} is not set`
          : `${name} ${message}`
      }),
    )
  }
  const sources = ['REKEY_JWT_SECRET', 'REKEY_JWT_PUBLIC_KEY_FILE', 'REKEY_JWKS_URL'].filter(
    (name) => set[name],
  )
  if (sources.length === 0) {
    faults.push('one of REKEY_JWT_SECRET, REKEY_JWT_PUBLIC_KEY_FILE and REKEY_JWKS_URL must be set')
  }
  if (sources.length > 1) faults.push(`${sources.join(' and ')} exclude each other`)
  if (!data || faults.length > 0) throw new ConfigError(faults)

  const keys = keySource(data)
  const fitting = algorithmsFor(keys)
  const allowed = data.REKEY_JWT_ALGORITHMS ?? fitting
  const misfits = allowed.filter((algorithm) => !fitting.includes(algorithm))
  if (misfits.length > 0) {
    throw new ConfigError([
      `REKEY_JWT_ALGORITHMS has ${misfits.join(', ')}, which the configured key cannot verify`,
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

function keySource(data: z.infer<typeof variables>): JwtKeySource {
  if (data.REKEY_JWT_SECRET !== undefined)
    return { kind: 'secret', secret: Buffer.from(data.REKEY_JWT_SECRET) }
  if (data.REKEY_JWT_PUBLIC_KEY_FILE) return { kind: 'publicKey', key: data.REKEY_JWT_PUBLIC_KEY_FILE }
  return { kind: 'jwks', url: new URL(data.REKEY_JWKS_URL ?? '') }
}

/** A public key never verifies HS256: that is the oldest attack on JWT (RFC 8725, section 2.1). */
function algorithmsFor(keys: JwtKeySource): string[] {
  if (keys.kind === 'secret') return ['HS256']
  return keys.kind === 'jwks' ? [...asymmetricAlgorithms] : publicKeyAlgorithms(keys.key)
}

function publicKeyAlgorithms({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): string[] {
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= minRsaBits) return ['RS256', 'PS256']
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return ['ES256']
  return type === 'ed25519' ? ['EdDSA'] : []
}

/** The README's table, in Markdown. */
export function configurationTable(): string {
  const rows = Object.entries(variables.shape).map(([name, schema]) => {
    const byDefault = defaultText(schema)
    return `| \`${name}\` | ${byDefault === undefined ? '' : `\`${byDefault}\``} | ${schema.description ?? ''} |\n`
  })
  return `| variable | default | what it does |\n| --- | --- | --- |\n${rows.join('')}`
}

/** The default as one would write it into the environment. */
function defaultText(schema: z.ZodType): string | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)
    return String(schema.def.defaultValue)
  return undefined
}
