import type { KeyObject } from 'node:crypto'
import type { JwtKeySource } from './config.ts'

/** RFC 7518, section 3.3. With a shorter key, every token would be rejected. */
export const minRsaBits = 2_048
/** Values of `alg` that a public key can verify. */
export const asymmetricAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const

/**
 * Returns the algorithms that fit the keys. A public key must never verify HS256, because that is the oldest attack on
 * JWT (RFC 8725, section 2.1).
 */
export function algorithmsFor(keys: JwtKeySource): string[] {
  if (keys.kind === 'secret') return ['HS256']
  return keys.kind === 'jwks' ? [...asymmetricAlgorithms] : publicKeyAlgorithms(keys.key)
}

/** Returns the algorithms that a public key can verify; empty if its type is unsupported or it is too short. */
export function publicKeyAlgorithms({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): string[] {
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= minRsaBits) return ['RS256', 'PS256']
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return ['ES256']
  return type === 'ed25519' ? ['EdDSA'] : []
}
