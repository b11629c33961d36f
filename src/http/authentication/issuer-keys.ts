import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { JwtConfig } from '../../config/config.ts'
import { RekeyError } from '../../errors.ts'

const jwksTimeoutMs = 3_000
/**
 * Minimum time between two JWKS fetches that an unknown `kid` causes. Until the next fetch, tokens signed with a new
 * key are rejected.
 */
const jwksCooldownMs = 5_000

/**
 * Creates a function that returns the key for verifying a token. The function throws RekeyError `serviceUnavailable` if
 * the issuer's JWKS cannot be fetched.
 */
export function createKeyGetter({ keys }: JwtConfig): JWTVerifyGetKey {
  if (keys.kind === 'secret') return () => keys.secret
  if (keys.kind === 'publicKey') return () => keys.key
  const fetchKey = createRemoteJWKSet(keys.url, {
    timeoutDuration: jwksTimeoutMs,
    cooldownDuration: jwksCooldownMs,
  })
  return async (header, token) => {
    try {
      return await fetchKey(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
        throw error
      // An unreachable or broken issuer does not make the token invalid.
      throw new RekeyError('serviceUnavailable', { cause: error })
    }
  }
}
