import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { publicRandomBytes } from './random.ts'
import type { KeyMaterial, ReceiverKey } from './key-material.ts'
import { PrivateKey } from './private-key.ts'
import { isPublicKey } from './public-key.ts'
import type { KeyOwner } from './signing-key.ts'
import { fingerprint, isDecodable, shorten, type Fingerprint, type SigningSecret } from './signing-secret.ts'

/** Length of an encryption key in bytes: A256GCM requires 256 bits (RFC 7518, section 5.3). */
export const encryptionKeyBytes = 32
/** A256GCM requires a 96-bit IV and a 128-bit tag (RFC 7518, section 5.3). */
const ivBytes = 12
const tagBytes = 16

export interface EncryptionKey {
  kid: string
  key: Uint8Array
}

/** Identifies the signing key that a sealed secret belongs to. Unsealing the secret for any other key fails. */
export interface SealedFor extends KeyOwner {
  keyId: string
}

/**
 * Thrown when a secret cannot be unsealed, because its encryption key is missing or the sealed text is not valid for
 * its signing key.
 */
export class SealError extends Error {
  override name = 'SealError'
}

/**
 * Seals secrets for storage as compact JWE (RFC 7516) with `dir` and A256GCM. The protected header names the encryption
 * key and the owner, and A256GCM authenticates this header. Uses node:crypto, because WebCrypto runs on other threads
 * and takes ten times as long for so few bytes.
 */
export class Keyring {
  /** The `kid` of the encryption key that seals new secrets. */
  readonly newestKid: string
  readonly #keys: ReadonlyMap<string, KeyObject>
  /** Keys for the HMACs of guessable secrets, one per encryption key, newest first. */
  readonly #fingerprintKeys: readonly KeyObject[]

  /** @param keys newest first; the first key seals, and every key can unseal */
  constructor(keys: readonly [EncryptionKey, ...EncryptionKey[]]) {
    this.newestKid = keys[0].kid
    this.#keys = new Map(keys.map(({ kid, key }) => [kid, createSecretKey(key)]))
    this.#fingerprintKeys = keys.map(({ key }) =>
      createSecretKey(new Uint8Array(hkdfSync('sha256', key, '', 'rekey fingerprint', 32))),
    )
  }

  has(kid: string): boolean {
    return this.#keys.has(kid)
  }

  /** Seals a secret or a private key. The JWE's header says which, so that one cannot be mistaken for the other. */
  seal(material: KeyMaterial, owner: SealedFor): string {
    const isPrivate = material instanceof PrivateKey
    const header = protectedHeader(this.newestKid, owner, isPrivate)
    const text = isPrivate ? material.toSealedText() : material
    const iv = publicRandomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.newestKid), iv, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(header))
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return [header, '', encode(iv), encode(ciphertext), encode(cipher.getAuthTag())].join('.')
  }

  /**
   * Computes the fingerprint of a secret or a public key. The SHA-256 of a guessable secret would let anyone who reads it test guesses
   * offline. Its fingerprint therefore is an HMAC of the SHA-256, under a key derived from the newest encryption key.
   */
  fingerprint(text: ReceiverKey): Fingerprint {
    const found = fingerprint(text)
    if (isDecodable(text) || isPublicKey(text)) return found
    const [sha256 = '', ...olderSha256] = this.hashesOfGuessable(found.sha256)
    return { short: shorten(sha256), sha256, guessable: true, olderSha256 }
  }

  /**
   * Returns the HMACs that may be stored for a guessable secret, one per encryption key, newest first.
   * @param sha256 the SHA-256 of the secret as shown, in hexadecimal
   */
  hashesOfGuessable(sha256: string): string[] {
    return this.#fingerprintKeys.map((key) => createHmac('sha256', key).update(sha256).digest('hex'))
  }

  /** @throws SealError if the encryption key is missing, or the sealed text was changed or belongs to another owner */
  unseal(sealed: string, owner: SealedFor): KeyMaterial {
    try {
      const [header = '', encryptedKey, iv = '', ciphertext = '', tag = '', ...more] = sealed.split('.')
      const { key, isPrivate } = this.#match(header, owner)
      if (encryptedKey !== '' || more.length > 0)
        throw new SealError('it is not a JWE with direct encryption')
      const decipher = createDecipheriv('aes-256-gcm', key, decode(iv), { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(header)).setAuthTag(decode(tag))
      // As Buffers: with an output encoding, node:crypto creates a decoder of its own for each call.
      const text = decipher.update(decode(ciphertext)).toString() + decipher.final().toString()
      return isPrivate ? PrivateKey.fromSealedText(text) : (text as SigningSecret)
    } catch (cause) {
      const reason =
        cause instanceof SealError
          ? cause.message
          : 'its seal is broken, because the stored text or the encryption key was changed'
      throw new SealError(`the secret of ${binding(owner)} cannot be unsealed: ${reason}`, { cause })
    }
  }

  /**
   * Finds which of the headers that Rekey writes for this owner a sealed text has. Comparing whole headers rules out any
   * other algorithm or field.
   */
  #match(header: string, owner: SealedFor): { key: KeyObject; isPrivate: boolean } {
    for (const isPrivate of [false, true])
      for (const [kid, key] of this.#keys)
        if (header === protectedHeader(kid, owner, isPrivate)) return { key, isPrivate }
    // Report a missing encryption key as such.
    const { kid } = JSON.parse(decode(header).toString()) as { kid: unknown }
    this.#key(kid)
    throw new SealError(
      'the header of its JWE was changed or belongs to another signing key; restore it from a backup',
    )
  }

  #key(kid: unknown): KeyObject {
    const key = typeof kid === 'string' ? this.#keys.get(kid) : undefined
    if (!key)
      throw new SealError(
        `REKEY_ENCRYPTION_KEYS has no key with kid ${JSON.stringify(kid)}; add the key that sealed this secret`,
      )
    return key
  }
}

/**
 * Builds the JWE's protected header in base64url. The same arguments always give the same text. A version without
 * private keys cannot unseal one, so it cannot return a private key as if it were a secret.
 */
function protectedHeader(kid: string, owner: SealedFor, isPrivate: boolean): string {
  const rekey = binding(owner) + (isPrivate ? '/private' : '')
  // Written out, because JSON.stringify takes twice as long for an object.
  return encode(
    Buffer.from(
      `{"alg":"dir","enc":"A256GCM","kid":${JSON.stringify(kid)},"rekey":${JSON.stringify(rekey)}}`,
    ),
  )
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url')
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}

/** Builds the text that binds a secret to its owner. IDs never contain a slash, so no two owners have the same text. */
function binding({ applicationId, webhookId, keyId }: SealedFor): string {
  return `${applicationId}/${webhookId}/${keyId}`
}
