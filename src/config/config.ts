import type { KeyObject } from 'node:crypto'
import type { EncryptionKey } from '../domain/sealing.ts'

/** Environment variables, by name. */
export type Environment = Record<string, string | undefined>

/** Source of the keys that verify tokens: a shared secret, a public key or a JWKS URL. */
export type JwtKeySource =
  { kind: 'secret'; secret: Uint8Array } | { kind: 'publicKey'; key: KeyObject } | { kind: 'jwks'; url: URL }

export interface JwtConfig {
  keys: JwtKeySource
  /** Accepted values of a token's `alg`. */
  algorithms: string[]
  issuer: string | undefined
  audience: string | undefined
  clockToleranceSeconds: number
  scopeClaim: string
  applicationsClaim: string
}

/** Location of the database: a SQLite file or a PostgreSQL server. The URL may contain a password. */
export type DatabaseLocation = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string }

/** Allowed values of `LOG_LEVEL`, most severe first, as pino names them. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The parsed and validated configuration. */
export interface Config {
  host: string
  port: number
  database: DatabaseLocation
  /** Newest first. */
  encryptionKeys: [EncryptionKey, ...EncryptionKey[]]
  jwt: JwtConfig
  overlapSeconds: number
  requestTimeoutMs: number
  /** 0 disables the limit. */
  rotationsPerMinute: number
  /** 0 disables the limit. */
  failedAuthenticationsPerMinute: number
  /** Whether an address belongs to a proxy whose X-Forwarded-For header is trusted. */
  isTrustedProxy: (address: string) => boolean
  /** Whether a probe may connect to this address although the address is not public. */
  isAllowedReceiver: (address: string) => boolean
  logLevel: (typeof logLevels)[number]
}
