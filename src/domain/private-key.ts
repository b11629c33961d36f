import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { toPublicKey, type PublicKey } from './public-key.ts'

const prefix = 'whsk_'
/** Length of an Ed25519 private key in bytes (RFC 8032, section 5.1.5). */
const keyBytes = 32
/** The bytes before the key itself in its DER encoding (RFC 8410, section 7). */
const derHeader = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * An Ed25519 private key. An object instead of a string, so that no response, log line or file can contain the key by
 * accident: only `toSealedText` returns it.
 */
export class PrivateKey {
  readonly #bytes: Buffer
  /** Created on first use, because that takes twice as long as a signature. */
  #key: KeyObject | undefined

  private constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  static generate(): PrivateKey {
    const der = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
    return new PrivateKey(der.subarray(derHeader.length))
  }

  /** @throws Error unless `toSealedText` returned the text */
  static fromSealedText(text: string): PrivateKey {
    const key = new PrivateKey(Buffer.from(text.slice(prefix.length), 'base64'))
    if (key.#bytes.length !== keyBytes || key.toSealedText() !== text)
      throw new Error('the text is not a private key')
    return key
  }

  /** Returns `whsk_` followed by the key's base64, as Standard Webhooks writes it. Only to be sealed. */
  toSealedText(): string {
    return prefix + this.#bytes.toString('base64')
  }

  get publicKey(): PublicKey {
    const { x = '' } = createPublicKey(this.#keyObject).export({ format: 'jwk' })
    return toPublicKey(Buffer.from(x, 'base64url'))
  }

  /** Signs with Ed25519, which is deterministic (RFC 8032). */
  sign(content: Uint8Array): Buffer {
    return sign(null, content, this.#keyObject)
  }

  get #keyObject(): KeyObject {
    this.#key ??= createPrivateKey({
      key: Buffer.concat([derHeader, this.#bytes]),
      format: 'der',
      type: 'pkcs8',
    })
    return this.#key
  }
}
