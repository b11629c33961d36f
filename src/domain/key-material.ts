import { PrivateKey } from './private-key.ts'
import type { PublicKey } from './public-key.ts'
import type { SigningSecret } from './signing-secret.ts'

/** The material that signs and is stored sealed: an HMAC secret or an Ed25519 private key. */
export type KeyMaterial = SigningSecret | PrivateKey

/**
 * The text that a rotation returns and the receiver stores: the HMAC secret, or the public key of an Ed25519
 * private key.
 */
export type ReceiverKey = SigningSecret | PublicKey

/** Returns the part of the key material that the receiver gets. */
export function toReceiverKey(material: KeyMaterial): ReceiverKey {
  return material instanceof PrivateKey ? material.publicKey : material
}
