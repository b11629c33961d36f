import type { Keyring } from '../domain/sealing.ts'
import { toReceiverKey } from '../domain/key-material.ts'
import { isPublicKey, toJwk, type PublicJwk, type PublicKey } from '../domain/public-key.ts'
import type { KeyOwner } from '../domain/signing-key.ts'
import { RecentMap } from '../recent-map.ts'
import type { Store } from '../store/store.ts'
import { listLivePrivateKeys } from '../store/tables/sealed-keys.ts'

/** How long a public key stays cached after its last use, in milliseconds. */
const rememberedMs = 600_000

interface Services {
  store: Store
  keyring: Keyring
  /** Returns the current time in milliseconds since 1970. */
  now: () => number
}

/**
 * Creates a function that returns the public keys of a webhook's live keys, newest first. Returns none if the
 * webhook does not exist, has no keys, or has another scheme than `ed25519`. Reads the live keys each time, but
 * caches their public keys: unsealing a private key takes longer than the rest of a request.
 */
export function publicKeyReader({
  store,
  keyring,
  now,
}: Services): (owner: KeyOwner, signal: AbortSignal) => Promise<PublicJwk[]> {
  const known = new RecentMap<PublicKey>(rememberedMs)
  return async (owner, signal) => {
    const live = await store.read((queries) => listLivePrivateKeys(queries, owner, now()), signal)
    return live.flatMap(({ key: { id }, sealed }) => {
      const publicKey = known.get(id) ?? toReceiverKey(keyring.unseal(sealed, { ...owner, keyId: id }))
      if (!isPublicKey(publicKey)) return []
      known.set(id, publicKey)
      return [toJwk(publicKey, id)]
    })
  }
}
