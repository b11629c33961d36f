import type { KeyObject } from 'node:crypto'
import type { JwtKeySource } from './config.ts'

/** Minimum size of an RSA key in bits (RFC 7518, section 3.3). With a shorter key, jose rejects every token. */
export const minRsaBits = 2_048
/** Values of `alg` for signatures that a public key can verify. */
export const asymmetricAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const

/**
 * Returns the algorithms that the keys can verify. A public key must never verify HS256, because an attacker could then
 * use the public key as the HMAC secret (RFC 8725, section 2.1).
 */
export function algorithmsFor(keys: JwtKeySource): string[] {
  if (keys.kind === 'secret') return ['HS256']
  return keys.kind === 'jwks' ? [...asymmetricAlgorithms] : publicKeyAlgorithms(keys.key)
}

/**
 * Returns the algorithms that a public key can verify. Returns an empty array if the key's type or curve is
 * unsupported, or if an RSA key is too short.
 */
export function publicKeyAlgorithms({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): string[] {
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= minRsaBits) return ['RS256', 'PS256']
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return ['ES256']
  return type === 'ed25519' ? ['EdDSA'] : []
}
