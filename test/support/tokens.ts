import { SignJWT } from 'jose'

export const jwtSecret = 'a secret for tests that is longer than 32 bytes'

export const allScopes = [
  'applications:read',
  'applications:write',
  'webhooks:read',
  'webhooks:write',
  'secrets:read',
  'secrets:rotate',
  'messages:sign',
  'messages:verify',
  'events:read',
]

export interface TokenClaims {
  sub?: string | undefined
  scope?: unknown
  applications?: unknown
  /** In seconds from now. Defaults to 30 days. */
  expiresIn?: number
}

/** Signs a token that test servers accept. By default, it grants every scope for every application. */
export function token({
  sub = 'tester',
  scope = allScopes.join(' '),
  applications = '*',
  expiresIn = 30 * 86_400,
}: TokenClaims = {}): Promise<string> {
  return new SignJWT({ scope, applications, sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
    .sign(Buffer.from(jwtSecret))
}
