import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { publicRandomBytes } from './random.ts'
import type { KeyOwner } from './signing-key.ts'
import type { SigningSecret } from './signing-secret.ts'

/** The length of an encryption key: A256GCM takes 256 bits (RFC 7518, section 5.3). */
export const encryptionKeyBytes = 32
/** RFC 7518, section 5.3. */
const ivBytes = 12
const tagBytes = 16

export interface EncryptionKey {
  kid: string
  key: Uint8Array
}

/** What a sealed secret is bound to: opened as anything else's, it fails. */
export interface SealedFor extends KeyOwner {
  keyId: string
}

/** A sealed secret cannot be opened: its encryption key is missing, or it is not what it should be. */
export class SealError extends Error {
  override name = 'SealError'
}

/**
 * Seals secrets for storage, as compact JWE (RFC 7516) with `dir` and A256GCM. The protected header,
 * which A256GCM authenticates, names the encryption key and the owner. Made by node:crypto itself, which
 * for these few bytes takes a tenth of the time that WebCrypto's way over other threads does.
 */
export class Keyring {
  /** The `kid` of the key that seals. */
  readonly newestKid: string
  readonly #keys: ReadonlyMap<string, KeyObject>

  /** @param keys newest first: the first one seals, all of them open */
  constructor(keys: readonly [EncryptionKey, ...EncryptionKey[]]) {
    this.newestKid = keys[0].kid
    this.#keys = new Map(keys.map(({ kid, key }) => [kid, createSecretKey(key)]))
  }

  has(kid: string): boolean {
    return this.#keys.has(kid)
  }

  seal(secret: SigningSecret, owner: SealedFor): string {
    const header = protectedHeader(this.newestKid, owner)
    const iv = publicRandomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.newestKid), iv, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(header))
    const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
    return [header, '', encode(iv), encode(ciphertext), encode(cipher.getAuthTag())].join('.')
  }

  /** @throws SealError if the encryption key is gone, the seal is broken, or it is another owner's */
  unseal(sealed: string, owner: SealedFor): SigningSecret {
    try {
      const [header = '', encryptedKey, iv = '', ciphertext = '', tag = '', ...more] = sealed.split('.')
      const { kid } = JSON.parse(decode(header).toString()) as { kid: unknown }
      const key = this.#key(kid)
      // What it says and what it should say are compared as text: no other algorithm, no other header.
      if (header !== protectedHeader(String(kid), owner)) throw new SealError('it was sealed for another key')
      if (encryptedKey !== '' || more.length > 0) throw new SealError('it is no JWE of a shared key')
      const decipher = createDecipheriv('aes-256-gcm', key, decode(iv), { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(header)).setAuthTag(decode(tag))
      return (decipher.update(decode(ciphertext), undefined, 'utf8') +
        decipher.final('utf8')) as SigningSecret
    } catch (cause) {
      const reason = cause instanceof SealError ? cause.message : 'its seal is broken'
      throw new SealError(`the secret of ${binding(owner)} cannot be opened: ${reason}`, { cause })
    }
  }

  #key(kid: unknown): KeyObject {
    const key = typeof kid === 'string' ? this.#keys.get(kid) : undefined
    if (!key) throw new SealError(`there is no encryption key with kid ${JSON.stringify(kid)}`)
    return key
  }
}

/** As it stands in the JWE, in base64url: the same text for the same key and owner. */
function protectedHeader(kid: string, owner: SealedFor): string {
  return encode(Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, rekey: binding(owner) })))
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url')
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}

/** Ids hold no slash, so that two owners never have the same binding. */
function binding({ applicationId, webhookId, keyId }: SealedFor): string {
  return `${applicationId}/${webhookId}/${keyId}`
}
