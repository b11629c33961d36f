import { SignJWT } from 'jose'
import { scopes } from '../../generated/scopes.ts'

export const jwtSecret = 'a secret for tests that is longer than 32 bytes'

export interface TokenClaims {
  sub?: string | undefined
  scope?: unknown
  applications?: unknown
  /** In seconds from now. Defaults to 30 days. */
  expiresIn?: number
  groups?: string
}

/** Signs a token that test servers accept. By default, it grants every scope for every application. */
export function token({
  sub = 'tester',
  scope = scopes.join(' '),
  applications = '*',
  expiresIn = 30 * 86_400,
  groups,
}: TokenClaims = {}): Promise<string> {
  return new SignJWT({ scope, applications, sub, groups })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
    .sign(Buffer.from(jwtSecret))
}

/** Signs a token with full access, padded to exactly `length` characters with a claim that Rekey ignores. */
export async function tokenOfLength(length: number): Promise<string> {
  const shortest = await token({ groups: '' })
  // Base64 turns 3 bytes into 4 characters.
  const signed = await token({ groups: 'g'.repeat(Math.floor(((length - shortest.length) * 3) / 4)) })
  if (signed.length !== length)
    throw new Error(`no token has ${length} characters, but one has ${signed.length}`)
  return signed
}
