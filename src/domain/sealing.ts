import { CompactEncrypt, compactDecrypt, type CompactJWEHeaderParameters } from 'jose'
import type { KeyOwner } from './signing-key.ts'
import type { SigningSecret } from './signing-secret.ts'

/** The length of an encryption key: A256GCM takes 256 bits (RFC 7518, section 5.3). */
export const encryptionKeyBytes = 32

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
 * which A256GCM authenticates, names the encryption key and the owner.
 */
export class Keyring {
  /** The `kid` of the key that seals. */
  readonly newestKid: string
  readonly #newest: EncryptionKey
  readonly #keys: ReadonlyMap<string, Uint8Array>

  /** @param keys newest first: the first one seals, all of them open */
  constructor(keys: readonly [EncryptionKey, ...EncryptionKey[]]) {
    this.#newest = keys[0]
    this.newestKid = keys[0].kid
    this.#keys = new Map(keys.map(({ kid, key }) => [kid, key]))
  }

  has(kid: string): boolean {
    return this.#keys.has(kid)
  }

  async seal(secret: SigningSecret, owner: SealedFor): Promise<string> {
    return new CompactEncrypt(Buffer.from(secret))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: this.newestKid, rekey: binding(owner) })
      .encrypt(this.#newest.key)
  }

  /** @throws SealError if the encryption key is gone, the seal is broken, or it is another owner's */
  async open(sealed: string, owner: SealedFor): Promise<SigningSecret> {
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(
        sealed,
        ({ kid }: CompactJWEHeaderParameters) => this.#key(kid),
        { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
      )
      if (protectedHeader['rekey'] !== binding(owner)) throw new SealError('it was sealed for another key')
      return Buffer.from(plaintext).toString() as SigningSecret
    } catch (cause) {
      const reason = cause instanceof SealError ? cause.message : 'its seal is broken'
      throw new SealError(`the secret of ${binding(owner)} cannot be opened: ${reason}`, { cause })
    }
  }

  #key(kid: string | undefined): Uint8Array {
    const key = this.#keys.get(kid ?? '')
    if (!key) throw new SealError(`there is no encryption key with kid ${JSON.stringify(kid)}`)
    return key
  }
}

/** Ids hold no slash, so that two owners never have the same binding. */
function binding({ applicationId, webhookId, keyId }: SealedFor): string {
  return `${applicationId}/${webhookId}/${keyId}`
}
