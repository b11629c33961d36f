import type { KeyObject } from 'node:crypto'
import type { EncryptionKey } from '../domain/sealing.ts'

/** Environment variables, by name. */
export type Environment = Record<string, string | undefined>

/** What tokens are verified with. */
export type JwtKeySource =
  { kind: 'secret'; secret: Uint8Array } | { kind: 'publicKey'; key: KeyObject } | { kind: 'jwks'; url: URL }

/** How tokens are verified. */
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

/** The values of `LOG_LEVEL`, most severe first; pino's names. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** All that can be configured, read and checked. */
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
  logLevel: (typeof logLevels)[number]
}
