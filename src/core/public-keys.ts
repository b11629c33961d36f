import { toReceiverKey } from '../domain/key-material.ts'
import { isPublicKey, toJwk, type PublicKey } from '../domain/public-key.ts'
import type { OperationContext } from '../operations/shared/operation.ts'
import { RecentMap } from '../recent-map.ts'
import { listLivePrivateKeys } from '../store/tables/sealed-keys.ts'
import type { Core } from './core.ts'

/** How long a public key stays cached after its last use, in milliseconds. */
const rememberedMs = 600_000

/**
 * Creates a function that returns the public keys of a webhook's live keys, newest first. Returns none if the
 * webhook does not exist, has no keys, or has another scheme than `ed25519`. Reads the live keys each time, but
 * caches their public keys: unsealing a private key takes longer than the rest of a request.
 */
export function publicKeyReader({
  store,
  keyring,
  now,
}: Pick<OperationContext, 'store' | 'keyring' | 'now'>): Core['publicKeys'] {
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
