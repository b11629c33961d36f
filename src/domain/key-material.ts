import { PrivateKey } from './private-key.ts'
import type { PublicKey } from './public-key.ts'
import type { SigningSecret } from './signing-secret.ts'

/** What a key signs with, and what is sealed: an HMAC secret, or an Ed25519 private key. */
export type KeyMaterial = SigningSecret | PrivateKey

/** What a rotation returns and the receiver persists: the HMAC secret, or the public key of an Ed25519 private key. */
export type ReceiverKey = SigningSecret | PublicKey

/** Returns the part of the key material that the receiver gets. */
export function toReceiverKey(material: KeyMaterial): ReceiverKey {
  return material instanceof PrivateKey ? material.publicKey : material
}
