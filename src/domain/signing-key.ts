import { publicRandomBytes } from './random.ts'

/** Identifies the webhook that a key belongs to. */
export interface KeyOwner {
  applicationId: string
  webhookId: string
}

/** A key without its secret. Times are milliseconds since 1970 (UTC). */
export interface SigningKey extends KeyOwner {
  /** `key_` followed by 16 bytes in base64url: 6 bytes of creation time, then 10 random bytes. */
  id: string
  /** Numbers a webhook's keys from 1. */
  generation: number
  fingerprint: string
  /** As in Fingerprint; 64 zeros if the secret was guessable and is erased. */
  sha256: string
  guessable: boolean
  createdAt: number
  createdBy: string | null
  reason: string | null
  /** When the key's overlap ends; null for the current key. */
  expiresAt: number | null
  revokedAt: number | null
  /** Whether the secret was erased from the database. Without its secret, the key can neither sign nor verify. */
  secretErased: boolean
}

/**
 * How long Rekey keeps a secret after its key expires or is revoked. Until then, a verification can still name the key,
 * and a probe can check that the receiver no longer accepts the key.
 */
export const keptAfterEndMs = 86_400_000

export type KeyState = 'current' | 'previous' | 'expired' | 'revoked'

/**
 * Creates an ID that begins with the time, like a UUIDv7 (RFC 9562, section 5.7). A database stores new IDs next to
 * each other, so inserting one does not touch the index pages of older IDs.
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

/**
 * Returns a key's state at `now`. A key signs until just before `expiresAt`; at `expiresAt` it is expired. A key whose
 * secret was erased early counts as expired too, because it cannot sign.
 */
export function keyState(key: SigningKey, now: number): KeyState {
  if (key.revokedAt !== null) return 'revoked'
  if (hasEnded(key, now) || key.secretErased) return 'expired'
  return key.expiresAt === null ? 'current' : 'previous'
}

/** Whether the key was revoked, or its overlap is over at `now`. */
export function hasEnded({ expiresAt, revokedAt }: SigningKey, now: number): boolean {
  return revokedAt !== null || (expiresAt !== null && expiresAt <= now)
}

/** Whether the key signs at `now`. */
export function isLive(key: SigningKey, now: number): boolean {
  const state = keyState(key, now)
  return state === 'current' || state === 'previous'
}
