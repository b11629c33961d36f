import type { KeyObject } from 'node:crypto'
import type { EncryptionKey } from '../domain/sealing.ts'

/** Environment variables, by name. */
export type Environment = Record<string, string | undefined>

/** Keys that verify tokens. */
export type JwtKeySource =
  { kind: 'secret'; secret: Uint8Array } | { kind: 'publicKey'; key: KeyObject } | { kind: 'jwks'; url: URL }

export interface JwtConfig {
  keys: JwtKeySource
  /** The accepted values of `alg`. */
  algorithms: string[]
  issuer: string | undefined
  audience: string | undefined
  clockToleranceSeconds: number
  scopeClaim: string
  applicationsClaim: string
}

/** An SQLite file or a PostgreSQL server. The URL may contain a password. */
export type DatabaseLocation = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string }

/** Values of `LOG_LEVEL`, most severe first. The names are pino's. */
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
  /** Whether an address belongs to a proxy whose X-Forwarded-For is trusted. */
  isTrustedProxy: (address: string) => boolean
  /** Whether probes may go to this address although it is not public. */
  isAllowedReceiver: (address: string) => boolean
  logLevel: (typeof logLevels)[number]
}
