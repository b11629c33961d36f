import type { KeyMaterial } from '../../src/domain/key-material.ts'
import { PrivateKey } from '../../src/domain/private-key.ts'
import type { Scheme } from '../../src/domain/schemes/scheme.ts'
import { parseSigningSecret } from '../../src/domain/signing-secret.ts'

/** Returns a secret or a private key that the scheme can sign with. The same `fill` gives the same one. */
export function keyMaterial({ keyBytes }: Scheme, fill: number): KeyMaterial {
  const encoded = Buffer.alloc(32, fill).toString('base64')
  return keyBytes === 'private'
    ? PrivateKey.fromSealedText(`whsk_${encoded}`)
    : parseSigningSecret(`whsec_${encoded}`)
}
