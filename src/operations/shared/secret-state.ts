import type { components } from '../../../generated/types.ts'
import { toScheme } from '../../domain/schemes/schemes.ts'
import { signersOf } from '../../domain/signers.ts'
import { isLive, keyState, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { listUnendedAndNewestKeys } from '../../store/tables/signing-keys.ts'
import type { Queries } from '../../store/store.ts'
import { findSelfEndingOverlap } from '../../store/tables/self-ending-overlaps.ts'
import { findScheme, type StoredScheme } from '../../store/tables/webhooks.ts'
import type { SelfEndingOverlap } from '../../domain/self-ending-overlap.ts'
import { etagHeaders, toKeyView, toOverlap } from './representations.ts'

/** Maximum number of keys in a response: the current key and 100 others. */
const maxKeys = 101

/** A webhook's keys, newest first, its scheme, and its self-ending overlap, if any. */
interface KeysInScheme {
  keys: SigningKey[]
  scheme: StoredScheme
  overlap: SelfEndingOverlap | undefined
}

/**
 * Reads a webhook's keys: all live keys, and the newest inactive keys up to the limit. Reads its self-ending overlap,
 * unless an instance that does not know such overlaps has rotated the secret since.
 * @throws RekeyError `notFound` if the webhook does not exist
 */
export async function readKeys(queries: Queries, owner: KeyOwner, now: number): Promise<KeysInScheme> {
  const scheme = await findScheme(queries, owner)
  if (!scheme) throw new RekeyError('notFound')
  const keys = await listUnendedAndNewestKeys(queries, owner, now, maxKeys)
  const live = keys.filter((key) => isLive(key, now))
  const ended = keys.filter((key) => !isLive(key, now)).slice(0, maxKeys - live.length)
  const overlap = await findSelfEndingOverlap(queries, owner)
  return {
    keys: [...live, ...ended].sort((a, b) => b.generation - a.generation),
    scheme,
    overlap: keys.some(({ id, expiresAt }) => id === overlap?.keyId && expiresAt === null)
      ? overlap
      : undefined,
  }
}

interface SecretStateResponse {
  status: 200
  headers: { ETag?: string; 'Cache-Control'?: string }
  body: components['schemas']['SecretState']
}

/** Builds the response that lists a webhook's keys. The ETag identifies the current key, if there is one. */
export function toSecretStateResponse(
  { keys, scheme, overlap }: KeysInScheme,
  now: number,
): SecretStateResponse {
  const live = keys.filter((key) => isLive(key, now))
  const signers = signersOf(toScheme(scheme), live)
  const view = (key: SigningKey) => toKeyView(key, signers.includes(key), now)
  const current = keys.find((key) => keyState(key, now) === 'current')
  const previous = keys.filter((key) => key !== current)
  return {
    status: 200,
    headers: current ? etagHeaders(current.id) : {},
    body: {
      current: current ? view(current) : null,
      previous: previous.map(view),
      overlap: toOverlap(live, overlap),
    },
  }
}
