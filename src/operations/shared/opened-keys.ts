import type { Keyring, SealedFor } from '../../domain/sealing.ts'
import type { Scheme } from '../../domain/schemes/scheme.ts'
import { toSigner, type Signer } from '../../domain/signature.ts'

interface OpenedKey {
  sealed: string
  signer: Signer
  keyBytes: Scheme['keyBytes']
  owner: SealedFor
}

/** The cached keys of one application, by ID, oldest first. An ID is hashed much faster than a sealed text. */
interface Share {
  applicationId: string
  keys: Map<string, OpenedKey>
}

/** Maximum number of cached keys; about 15 MiB. */
const maxKeys = 16_384
/** Maximum length of a cached key's sealed text. Rekey writes no longer ones. */
const maxSealedLength = 1_024

/**
 * Unseals the keys that sign messages, and caches them, because unsealing a secret takes three times as long as
 * signing a small message with it. Callers pass the sealed text that they have just read from the database, so a
 * cached key signs only while it is stored and live.
 *
 * An application that uses many keys evicts only keys of applications that have at least as many cached.
 */
export class OpenedKeys {
  readonly #keyring: Keyring
  readonly #shares = new Map<string, Share>()
  /** The share from which keys are evicted if there are too many. */
  #largest: Share | undefined
  #count = 0

  constructor(keyring: Keyring) {
    this.#keyring = keyring
  }

  /** @throws SealError as Keyring.unseal does */
  open(sealed: string, owner: SealedFor, scheme: Scheme): Signer {
    const kept = this.#shares.get(owner.applicationId)?.keys.get(owner.keyId)
    // The sealed text is bound to its owner. A copy in another webhook's row must not be unsealed, although the text is
    // the same.
    if (
      kept?.sealed === sealed &&
      kept.keyBytes === scheme.keyBytes &&
      kept.owner.webhookId === owner.webhookId
    )
      return kept.signer
    const signer = toSigner(scheme, this.#keyring.unseal(sealed, owner))
    if (sealed.length <= maxSealedLength) this.#keep({ sealed, signer, keyBytes: scheme.keyBytes, owner })
    return signer
  }

  /** Removes every key, so that no erased or revoked secret stays in memory for long. */
  clear(): void {
    this.#shares.clear()
    this.#largest = undefined
    this.#count = 0
  }

  #keep(opened: OpenedKey): void {
    const { applicationId, keyId } = opened.owner
    const share = this.#shares.get(applicationId) ?? { applicationId, keys: new Map<string, OpenedKey>() }
    this.#shares.set(applicationId, share)
    if (!share.keys.has(keyId)) this.#count += 1
    share.keys.set(keyId, opened)
    if (!this.#largest || share.keys.size >= this.#largest.keys.size) this.#largest = share
    if (this.#count > maxKeys) this.#drop(this.#largest)
  }

  /** Drops the oldest key of a share. */
  #drop({ applicationId, keys }: Share): void {
    const [oldest = ''] = keys.keys()
    keys.delete(oldest)
    this.#count -= 1
    if (keys.size === 0) this.#shares.delete(applicationId)
  }
}
