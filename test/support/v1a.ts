import { createPublicKey, verify } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Whether any `v1a` signature of a message verifies with the public key (`whpk_`), independently of Rekey's code. */
export function verifiesWith(publicKey: string, headers: IncomingHttpHeaders, body: string): boolean {
  const x = Buffer.from(publicKey.slice('whpk_'.length), 'base64').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  return String(headers['webhook-signature'])
    .split(' ')
    .some((part) => {
      const [version, signature = ''] = part.split(',')
      return version === 'v1a' && verify(null, Buffer.from(content), key, Buffer.from(signature, 'base64'))
    })
}
