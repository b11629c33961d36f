import type { KeyObject } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import type { EncryptionKey } from '../domain/sealing.ts'

export type Environment = Record<string, string | undefined>

/** Source of the keys that verify tokens: a shared secret, public keys, or each issuer's JWKS. */
export type JwtKeySource =
  | { kind: 'secret'; secret: Uint8Array }
  | { kind: 'publicKeys'; keys: PublicKey[] }
  | { kind: 'jwks'; sets: KeySetLocation[] }

export interface PublicKey {
  key: KeyObject
  /** The values of `alg` that the key can verify. */
  algorithms: string[]
}

/** Where to fetch an issuer's JWKS, and with which bearer token. */
export interface KeySetLocation {
  /**
   * The `iss` of the tokens that these keys verify. Undefined only if there is a single JWKS, whose tokens may then
   * have any `iss`.
   */
  issuer: string | undefined
  url: URL
  /** The file with the bearer token for the URL. */
  tokenFile: string | undefined
}

/** Applications that a token may access; `*` means all. */
export type Applications = readonly string[] | '*'

/** Rights for tokens whose claims meet every condition. */
export interface Grant {
  conditions: GrantCondition[]
  scopes: readonly string[]
  applications: Applications
}

export interface GrantCondition {
  /** Name or path of the claim. */
  claim: string
  /** Whether a string in the claim meets the condition. */
  matches: (text: string) => boolean
}

export interface JwtConfig {
  keys: JwtKeySource
  /** Accepted values of a token's `alg`. */
  algorithms: string[]
  /** Accepted values of `iss`; an empty list accepts any. More than one is possible only with JWKS URLs. */
  issuers: readonly string[]
  /** Accepted values of `aud`; an empty list accepts any. */
  audiences: readonly string[]
  clockToleranceSeconds: number
  /** Names and paths of the claims that contain scopes. */
  scopeClaims: readonly string[]
  /** Prefix that a scope in a token must have. Rekey removes the prefix, and ignores scopes without it. */
  scopePrefix: string
  /** Names and paths of the claims that list applications. */
  applicationsClaims: readonly string[]
  /** Name or path of the claim that names the caller in the audit trail, in addition to `sub`. */
  subjectClaim: string | undefined
  grants: readonly Grant[]
}

/** How people sign in to the console at an identity provider (OpenID Connect, authorization code with PKCE). */
export interface OidcConfig {
  /** URL of the provider, exactly as in the `iss` claim of its tokens. */
  issuer: string
  clientId: string
  /** Scopes to request, separated by spaces. */
  scope: string
  resource: string | undefined
  /** Additional parameters of the authorization request. */
  parameters: Readonly<Record<string, string>>
}

/** Location of the database: a SQLite file or PostgreSQL. */
export type DatabaseLocation = { kind: 'sqlite'; file: string } | PostgresLocation

export interface PostgresLocation {
  kind: 'postgres'
  /** In the order in which to try them. */
  servers: readonly [PostgresServer, ...PostgresServer[]]
  /** Which of the servers Rekey may use: any that responds, one that accepts writes, or one that is not a standby. */
  targetSession: 'any' | 'read-write' | 'primary'
  /** The schema that holds Rekey's tables, if `DATABASE_URL` names one. */
  schema?: string
  /** Whether to send the password only with channel binding (SCRAM-SHA-256-PLUS), which detects a man in the middle. */
  requireChannelBinding: boolean
  /** More settings of the driver, by its names. */
  client: PostgresClientSettings
}

export interface PostgresServer {
  /** A host name, an address, or the path of the folder that contains the Unix socket. */
  host: string
  port: number
}

export interface PostgresClientSettings {
  user: string
  password: string | undefined
  database: string
  ssl: ConnectionOptions | false
  sslnegotiation: 'postgres' | 'direct'
  enableChannelBinding: boolean
  application_name: string
  options: string | undefined
  connectionTimeoutMillis: number
}

/** Allowed values of `LOG_LEVEL`, most severe first, as pino names them. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export interface Config {
  /** Whether `NODE_ENV` is `production`. */
  isProduction: boolean
  host: string
  port: number
  database: DatabaseLocation
  /** Newest first. The first key seals new secrets, and every key can unseal. */
  encryptionKeys: [EncryptionKey, ...EncryptionKey[]]
  jwt: JwtConfig
  /** Undefined if people sign in to the console with a token only. */
  oidc: OidcConfig | undefined
  overlapSeconds: number
  requestTimeoutMs: number
  /** Limit for each webhook; 0 disables it. */
  rotationsPerMinute: number
  /** Limit for each client network; 0 disables it. */
  failedAuthenticationsPerMinute: number
  /** Without a trailing slash. Undefined if clients reach Rekey at the address that it listens on. */
  publicUrl: string | undefined
  /** The origins whose pages may call the API, as browsers write them in `Origin`. */
  corsOrigins: readonly string[]
  /** Which pages to serve. */
  pages: { console: boolean; reference: boolean; rotate: boolean }
  /** Whether an address belongs to a proxy whose X-Forwarded-For or Forwarded header is trusted. */
  isTrustedProxy: (address: string) => boolean
  /** Whether a probe may connect to this address although the address is not public. */
  isAllowedReceiver: (address: string) => boolean
  logLevel: (typeof logLevels)[number]
}
