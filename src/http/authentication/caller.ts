import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { JwtConfig } from '../../config/config.ts'
import type { Caller } from '../../core/core.ts'
import { toRights, type Rights } from './rights.ts'

/** A caller with the rights that its token grants. */
export interface AuthenticatedCaller extends Omit<Caller, 'applications'> {
  rights: Rights
}

/** Reads the caller and its rights from a verified token's claims. */
export function toCaller(payload: JWTPayload, token: string, config: JwtConfig): AuthenticatedCaller {
  return {
    subject: payload.sub ?? null,
    identity: identityOf(payload, token),
    rights: toRights(payload, config),
  }
}

/**
 * Identifies a caller by issuer and subject, because a subject is unique only within its issuer (RFC 7519, section
 * 4.1.2). If the token has no subject, the token's hash identifies the caller.
 */
function identityOf({ iss, sub }: JWTPayload, token: string): string {
  return sub === undefined ? createHash('sha256').update(token).digest('hex') : JSON.stringify([iss, sub])
}
