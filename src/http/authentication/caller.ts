import { createHash } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { JwtConfig } from '../../config/config.ts'
import type { Caller } from '../../core/core.ts'

/** A caller with its token's scopes. */
export interface AuthenticatedCaller extends Caller {
  scopes: ReadonlySet<string>
}

/** Reads the caller and its permissions from the claims of a verified token. */
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

/** Whether every database can store the text: PostgreSQL rejects NUL, and all databases reject lone surrogates. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** A subject is unique within its issuer (RFC 7519, section 4.1.2). Without one, only the token identifies a caller. */
function identityOf({ iss, sub }: JWTPayload, token: string): string {
  return sub === undefined ? createHash('sha256').update(token).digest('hex') : JSON.stringify([iss, sub])
}

/** Ignores everything except strings in an array, and strings that a database cannot look up. */
function strings(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.filter((item) => typeof item === 'string').filter(isStorable) : []
}
