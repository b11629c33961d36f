import { createHash, randomBytes } from 'node:crypto'
import { publicRandomBytes } from './random.ts'
import type { KeyOwner } from './signing-key.ts'

/** An invitation to rotate a webhook's secret, without its token. Times are milliseconds since 1970 (UTC). */
export interface Invitation extends KeyOwner {
  /** `inv_` followed by 16 bytes in base64url: 6 bytes of creation time, then 10 random bytes. */
  id: string
  /** How long the old key stays live after the rotation. */
  overlapSeconds: number
  /** Whether scheduled probes end the overlap once they have proven the receiver. */
  endWhenProven: boolean
  reason: string | null
  createdBy: string | null
  createdAt: number
  expiresAt: number
  usedAt: number | null
  revokedAt: number | null
  /** Number of probes made with the token. */
  probes: number
}

export type InvitationState = 'open' | 'used' | 'expired' | 'revoked'

/** Number of probes that a used invitation allows. */
export const maxInvitedProbes = 10

/** Minimum overlap of a rotation by invitation, in seconds: the receiver must be able to switch in the meantime. */
export const minInvitedOverlapSeconds = 300

/** How long Rekey keeps an invitation after it expires, so that the list still shows its final state. */
export const invitationKeptMs = 86_400_000

/** @param now milliseconds since 1970 */
export function newInvitationId(now: number): string {
  const bytes = publicRandomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  return `inv_${bytes.toString('base64url')}`
}

/** Creates a token: `rki_` followed by 32 random bytes in base64url. Anyone who has it can rotate the secret. */
export function newInvitationToken(): string {
  return `rki_${randomBytes(32).toString('base64url')}`
}

/**
 * Returns the hash under which the database stores a token. A token has 256 random bits, so its hash reveals
 * nothing, and the timing of an index lookup by hash reveals nothing about other tokens.
 */
export function hashInvitationToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Returns an invitation's state at `now`. An invitation that was used in time stays `used` unless it is revoked. */
export function invitationState({ revokedAt, usedAt, expiresAt }: Invitation, now: number): InvitationState {
  if (revokedAt !== null) return 'revoked'
  if (usedAt !== null) return 'used'
  return expiresAt <= now ? 'expired' : 'open'
}

/** Returns why no operation accepts an invitation's token at `now`; null if its token is accepted. */
export function whyInvitationIsDead(invitation: Invitation, now: number): string | null {
  if (invitation.revokedAt !== null) return 'The invitation was revoked'
  return invitation.expiresAt <= now ? 'The invitation has expired' : null
}

/** The actor of everything that someone does with an invitation's token. */
export function invitedActor({ id, createdBy }: Invitation): string {
  return createdBy === null ? `invitation ${id}` : `invitation ${id} by ${createdBy}`
}
