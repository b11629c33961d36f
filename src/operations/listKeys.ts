import type { components } from '../../generated/types.ts'
import { toScheme } from '../domain/schemes/schemes.ts'
import { isLive } from '../domain/signing-key.ts'
import type { KeyPlace } from '../store/tables/key-ranges.ts'
import { readListedKeys, type ListedKey } from '../store/tables/listed-keys.ts'
import { erasedHash } from '../store/tables/sealing.ts'
import { searchKeys } from './shared/key-search.ts'
import type { Operation } from './shared/operation.ts'
import { invalidCursor, readPageQuery, toCursor } from './shared/pagination.ts'
import { toKeyView } from './shared/representations.ts'

export const listKeys: Operation<'listKeys'> = async ({ query }, context) => {
  const { store, keyring, caller, now, signal } = context
  const { limit, after } = readPageQuery(query)
  const { sha256, state, unproven = false, lost = false, createdBefore } = query
  const time = now()
  const search = {
    applications: caller.applications,
    hashes: sha256 === undefined ? null : hashesOf(sha256, keyring.hashesOfGuessable(sha256)),
    state,
    unproven,
    lost,
    createdBefore: createdBefore === undefined ? null : Date.parse(createdBefore),
    after: after === null ? null : readPlace(after),
    limit,
    now: time,
  }
  const { items: places, next } = await searchKeys(search, context)
  const ids = places.map(({ id }) => id)
  const keys = await store.read((queries) => readListedKeys(queries, ids, time), signal)
  const items = ids.flatMap((id) => keys.get(id) ?? []).map((key) => toItem(key, time))
  return {
    status: 200,
    body: {
      // A key may have changed after it was found.
      items: items.filter((item) => state === undefined || item.state === state),
      nextCursor: next && toCursor(`${next.createdAt}.${next.id}`),
    },
  }
}

/**
 * Returns what the database may store for a secret with this SHA-256. A guessable secret has an HMAC of it. Comparing
 * them in an index takes a time that depends on stored hashes, which is harmless: a SHA-256 reveals no secret that is
 * not guessable, and without the encryption key nobody can choose what an HMAC begins with.
 */
function hashesOf(sha256: string, hmacs: readonly string[]) {
  // No secret has this SHA-256, and many erased keys may share it.
  if (sha256 === erasedHash) return []
  return [{ sha256, guessable: false }, ...hmacs.map((hmac) => ({ sha256: hmac, guessable: true }))]
}

function readPlace(text: string): KeyPlace {
  const [, createdAt, id] = /^(\d{1,15})\.([\w-]+)$/.exec(text) ?? []
  if (createdAt === undefined || id === undefined) throw invalidCursor()
  return { createdAt: Number(createdAt), id }
}

function toItem(
  { key, scheme, oldestLive, receiverProven }: ListedKey,
  now: number,
): components['schemas']['ListedKey'] {
  const { applicationId, webhookId, generation } = key
  const signsAlone = toScheme(scheme).separator === undefined
  const signs = isLive(key, now) && (!signsAlone || generation === oldestLive)
  return { applicationId, webhookId, ...toKeyView(key, signs, now), receiverProven }
}
