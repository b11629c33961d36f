import { createHmac } from 'node:crypto'
import type { SigningSecret } from '../../src/domain/signing-secret.ts'

/** Returns a generator of secrets that are the same, in the same order, for the same seed. */
export function seededSecrets(seed: string): () => SigningSecret {
  let count = 0
  return () => {
    const bytes = createHmac('sha256', seed).update(`secret ${++count}`).digest()
    return `whsec_${bytes.toString('base64')}` as SigningSecret
  }
}
