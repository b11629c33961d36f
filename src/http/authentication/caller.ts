import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { JwtConfig } from '../../config/config.ts'
import type { Caller } from '../../core/core.ts'

/** A caller with the scopes that its token grants. */
export interface AuthenticatedCaller extends Caller {
  scopes: ReadonlySet<string>
}

/** Reads the caller and its permissions from a verified token's claims. */
export function toCaller(
  payload: JWTPayload,
  token: string,
  { scopeClaim, applicationsClaim }: JwtConfig,
): AuthenticatedCaller {
  const scopes = payload[scopeClaim]
  const applications = payload[applicationsClaim]
  return {
    subject: payload.sub ?? null,
    identity: identityOf(payload, token),
    scopes: new Set(typeof scopes === 'string' ? scopes.split(' ') : strings(scopes)),
    applications: applications === '*' ? '*' : strings(applications),
  }
}

/**
 * Whether both databases can store the text unchanged: PostgreSQL rejects NUL, and a lone surrogate cannot be encoded
 * in UTF-8.
 */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/**
 * Identifies a caller by issuer and subject, because a subject is unique only within its issuer (RFC 7519, section
 * 4.1.2). If the token has no subject, the token's hash identifies the caller.
 */
function identityOf({ iss, sub }: JWTPayload, token: string): string {
  return sub === undefined ? createHash('sha256').update(token).digest('hex') : JSON.stringify([iss, sub])
}

/**
 * Returns the strings in a claim's array, except strings that a database cannot store. Returns an empty array if the
 * claim is not an array.
 */
function strings(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.filter((item) => typeof item === 'string').filter(isStorable) : []
}
