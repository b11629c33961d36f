import type { KeyObject } from 'node:crypto'
import type { JwtKeySource } from './config.ts'

/** Minimum size of an RSA key in bits (RFC 7518, section 3.3). With a shorter key, jose rejects every token. */
export const minRsaBits = 2_048

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const
const algorithmOfCurve: Record<string, string> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}
/** Two names for one algorithm: RFC 8037 calls it EdDSA, and RFC 9864 calls it Ed25519. Issuers use either. */
const ed25519Names = ['EdDSA', 'Ed25519'] as const

/** Values of `alg` for signatures that a public key can verify. */
export const asymmetricAlgorithms = [...rsaAlgorithms, 'ES256', 'ES384', 'ES512', ...ed25519Names] as const

/**
 * Returns the algorithms that the keys can verify. A public key must never verify HS256, because an attacker could then
 * use the public key as the HMAC secret (RFC 8725, section 2.1).
 */
export function algorithmsFor(keys: JwtKeySource): string[] {
  if (keys.kind === 'secret') return ['HS256']
  if (keys.kind === 'jwks') return [...asymmetricAlgorithms]
  return [...new Set(keys.keys.flatMap(({ algorithms }) => algorithms))]
}

/**
 * Returns the algorithms that a public key can verify. Returns an empty array if the key's type or curve is
 * unsupported, or if an RSA key is too short.
 */
export function publicKeyAlgorithms({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): string[] {
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= minRsaBits) return [...rsaAlgorithms]
  if (type === 'ed25519') return [...ed25519Names]
  const algorithm = type === 'ec' ? algorithmOfCurve[details?.namedCurve ?? ''] : undefined
  return algorithm === undefined ? [] : [algorithm]
}

/** Returns the algorithms, with both names of Ed25519 if they include either. */
export function withBothNames(algorithms: readonly string[]): string[] {
  const hasEd25519 = ed25519Names.some((name) => algorithms.includes(name))
  return [...new Set([...algorithms, ...(hasEd25519 ? ed25519Names : [])])]
}
