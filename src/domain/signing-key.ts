import { publicRandomBytes } from './random.ts'

/** Which webhook a key belongs to. */
export interface KeyOwner {
  applicationId: string
  webhookId: string
}

/** All that is known of a key but its secret. Times are milliseconds since 1970 (UTC). */
export interface SigningKey extends KeyOwner {
  /** `key_` and 16 bytes in base64url: 6 of the time it was made, and 10 random ones. */
  id: string
  /** 1 for a webhook's first key, one more for each that follows. */
  generation: number
  fingerprint: string
  sha256: string
  createdAt: number
  createdBy: string | null
  reason: string | null
  /** When the key's overlap ends; null for the current key, which has no end. */
  expiresAt: number | null
  revokedAt: number | null
}

/** How long the secret of a key is kept after its end, to tell its signatures from wrong ones. */
export const keptAfterEndMs = 86_400_000

export type KeyState = 'current' | 'previous' | 'expired' | 'revoked'

/**
 * Ids that are made one after the other begin alike, so that a database keeps them together and a new one
 * touches no page of old ones (as RFC 9562, section 5.7).
 * @param now milliseconds since 1970
 */
export function newKeyId(now: number): string {
  const bytes = publicRandomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  return `key_${bytes.toString('base64url')}`
}

/** Whether `newKeyId` may have made it. */
export function isKeyId(value: unknown): value is string {
  return typeof value === 'string' && /^key_[A-Za-z0-9_-]{22}$/.test(value)
}

/** A key signs up to, and not at, the millisecond at which it expires. */
export function keyState(key: SigningKey, now: number): KeyState {
  if (key.revokedAt !== null) return 'revoked'
  if (key.expiresAt === null) return 'current'
  return key.expiresAt > now ? 'previous' : 'expired'
}

/** Whether messages are signed with the key. */
export function isLive(key: SigningKey, now: number): boolean {
  const state = keyState(key, now)
  return state === 'current' || state === 'previous'
}
