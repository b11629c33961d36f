import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { JwtConfig } from '../../config/config.ts'
import type { Caller, TokenContent } from '../../core/core.ts'
import { readClaim } from './claims.ts'
import { toRights } from './rights.ts'

/** A caller with what its token says. */
export interface AuthenticatedCaller extends Omit<Caller, 'applications' | 'token'>, TokenContent {}

/** Longer names are ignored: every event and log line would repeat them, and `sub` would be hard to find after them. */
const maxNameLength = 256

/** Reads the caller and its rights from a verified token's claims. */
export function toCaller(payload: JWTPayload, token: string, config: JwtConfig): AuthenticatedCaller {
  return {
    subject: subjectOf(payload, config),
    identity: identityOf(payload, token),
    // verifyToken rejects a token without `exp`.
    expiresAt: (payload.exp ?? 0) * 1_000,
    rights: toRights(payload, config),
  }
}

/**
 * Returns the caller's name for the audit trail: `sub`, or if a claim is configured for the name, its value followed by
 * `sub` in parentheses. Without `sub`, the caller has no name: users may be able to set the claim to someone else's
 * name.
 */
function subjectOf(payload: JWTPayload, { subjectClaim }: JwtConfig): string | null {
  const { sub = null } = payload
  if (sub === null || subjectClaim === undefined) return sub
  const value = readClaim(payload, subjectClaim)
  const isName = typeof value === 'string' && value.length <= maxNameLength && isOneLine(value)
  return isName ? `${value} (${sub})` : sub
}

/**
 * Whether the text is non-empty and free of control and invisible characters, such as those that change the writing
 * direction.
 */
function isOneLine(text: string): boolean {
  return /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text)
}

/**
 * Identifies a caller by issuer and subject, because a subject is unique only within its issuer (RFC 7519, section
 * 4.1.2). If the token has no subject, the token's hash identifies the caller.
 */
function identityOf({ iss, sub }: JWTPayload, token: string): string {
  return sub === undefined ? createHash('sha256').update(token).digest('hex') : JSON.stringify([iss, sub])
}
