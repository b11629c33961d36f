declare const brand: unique symbol

const prefix = 'whpk_'
/** Length of an Ed25519 public key in bytes (RFC 8032, section 5.1.5). */
const keyBytes = 32

/** An Ed25519 public key as Standard Webhooks writes it: `whpk_` followed by its base64. Not a secret. */
export type PublicKey = string & { [brand]: 'PublicKey' }

/** A public key as a JSON Web Key (RFC 8037). It has no `alg`, because libraries disagree on the algorithm's name. */
export interface PublicJwk {
  kty: 'OKP'
  crv: 'Ed25519'
  /** The key in base64url. */
  x: string
  use: 'sig'
  kid: string
}

export function toPublicKey(bytes: Buffer): PublicKey {
  return (prefix + bytes.toString('base64')) as PublicKey
}

/** Whether text is `whpk_` followed by the canonical base64 of a key. */
export function isPublicKey(text: string): text is PublicKey {
  const bytes = bytesOf(text)
  return bytes.length === keyBytes && toPublicKey(bytes) === text
}

export function toJwk(publicKey: PublicKey, kid: string): PublicJwk {
  return { kty: 'OKP', crv: 'Ed25519', x: bytesOf(publicKey).toString('base64url'), use: 'sig', kid }
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text.slice(prefix.length), 'base64')
}
