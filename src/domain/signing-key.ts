import { publicRandomBytes } from './random.ts'

/** The webhook that a key belongs to. */
export interface KeyOwner {
  applicationId: string
  webhookId: string
}

/** A key without its secret. Times are milliseconds since 1970 (UTC). */
export interface SigningKey extends KeyOwner {
  /** `key_` and 16 bytes in base64url: 6 bytes of creation time, then 10 random bytes. */
  id: string
  /** Counts a webhook's keys from 1. */
  generation: number
  fingerprint: string
  sha256: string
  createdAt: number
  createdBy: string | null
  reason: string | null
  /** When the key's overlap ends; null for the current key. */
  expiresAt: number | null
  revokedAt: number | null
}

/** How long a key's secret is kept after its end, so that late signatures are recognized as its own. */
export const keptAfterEndMs = 86_400_000

export type KeyState = 'current' | 'previous' | 'expired' | 'revoked'

/**
 * IDs created close together share a prefix. A database stores them next to each other, so a new ID touches no page of
 * old ones (like UUIDv7: RFC 9562, section 5.7).
 * @param now milliseconds since 1970
 */
export function newKeyId(now: number): string {
  const bytes = publicRandomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  return `key_${bytes.toString('base64url')}`
}

/** Whether a value has the form of an ID from `newKeyId`. */
export function isKeyId(value: unknown): value is string {
  return typeof value === 'string' && /^key_[A-Za-z0-9_-]{22}$/.test(value)
}

/** A key still signs in the millisecond before `expiresAt`, but not at `expiresAt`. */
export function keyState(key: SigningKey, now: number): KeyState {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt === null) return 'current'
  return key.expiresAt > now ? 'previous' : 'expired'
}

/** Whether the key signs at `now`. */
export function isLive(key: SigningKey, now: number): boolean {
  const state = keyState(key, now)
  return state === 'current' || state === 'previous'
}
