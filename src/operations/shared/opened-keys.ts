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
type Share = Map<string, OpenedKey>

/** Maximum number of cached keys; about 10 MiB. */
const maxKeys = 16_384
/** Maximum length of a cached key's sealed text. Rekey writes no longer ones. */
const maxSealedLength = 1_024

/**
 * Unseals the keys that sign messages, and caches them, because unsealing a secret takes twice as long as signing a
 * small message with it. Callers pass the sealed text that they have just read from the database, so a cached key signs
 * only while it is stored and live.
 *
 * In a full cache, an application evicts only keys of one that has more. So the one with the most caches no more keys
 * until the cache is cleared: keys that push each other out would cost more than they save.
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
    const kept = this.#shares.get(owner.applicationId)?.get(owner.keyId)
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
    const share = this.#shares.get(applicationId) ?? (new Map() as Share)
    if (!share.has(keyId)) {
      if (this.#count >= maxKeys && !this.#makeRoomFor(share)) return
      this.#count += 1
    }
    this.#shares.set(applicationId, share)
    share.set(keyId, opened)
    if (!this.#largest || share.size >= this.#largest.size) this.#largest = share
  }

  /** Drops the oldest key of the largest share, unless the share that is to grow is about as large. */
  #makeRoomFor(share: Share): boolean {
    // Evictions may have made the largest share smaller than this one.
    if (!this.#largest || share.size > this.#largest.size) this.#largest = share
    if (share.size >= this.#largest.size - 1) return false
    const [oldest = ''] = this.#largest.keys()
    this.#largest.delete(oldest)
    this.#count -= 1
    return true
  }
}
