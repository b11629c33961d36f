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

export const listKeys: Operation<'listKeys'> = async ({ query }, { store, keyring, caller, now, signal }) => {
  const { limit, after } = readPageQuery(query)
  const { sha256, state, unproven = false, createdBefore } = query
  const time = now()
  const search = {
    applications: caller.applications,
    hashes: sha256 === undefined ? null : hashesOf(sha256, keyring.hashesOfGuessable(sha256)),
    state,
    unproven,
    createdBefore: createdBefore === undefined ? null : Date.parse(createdBefore),
    after: after === null ? null : readPlace(after),
    limit,
    now: time,
  }
  const { found, keys } = await store.read(async (queries) => {
    const found = await searchKeys(queries, search)
    const ids = found.places.map(({ id }) => id)
    return { found, keys: await readListedKeys(queries, ids, time) }
  }, signal)
  const items = found.places.flatMap(({ id }) => keys.get(id) ?? []).map((key) => toItem(key, time))
  const { searchedUpTo: last } = found
  return { status: 200, body: { items, nextCursor: last && toCursor(`${last.createdAt}.${last.id}`) } }
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

function toItem({ key, scheme, oldestLive }: ListedKey, now: number): components['schemas']['ListedKey'] {
  const { applicationId, webhookId, generation } = key
  const signsAlone = toScheme(scheme).separator === undefined
  const signs = isLive(key, now) && (!signsAlone || generation === oldestLive)
  return { applicationId, webhookId, ...toKeyView(key, signs, now) }
}
