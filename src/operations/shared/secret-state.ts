import type { components } from '../../../generated/types.ts'
import { toScheme } from '../../domain/schemes/schemes.ts'
import { signersOf } from '../../domain/signers.ts'
import { isLive, keyState, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { listUnendedAndNewestKeys } from '../../store/tables/signing-keys.ts'
import type { Queries } from '../../store/store.ts'
import { findScheme, type StoredScheme } from '../../store/tables/webhooks.ts'
import { etagHeaders, toKeyView } from './representations.ts'

/** Maximum number of keys in a response: the current key and 100 others. */
const maxKeys = 101

/** A webhook's keys, newest first, and its scheme. */
interface KeysInScheme {
  keys: SigningKey[]
  scheme: StoredScheme
}

/**
 * Reads a webhook's keys: all live keys, and the newest inactive keys up to the limit.
 * @throws RekeyError `notFound` if the webhook does not exist
 */
export async function readKeys(queries: Queries, owner: KeyOwner, now: number): Promise<KeysInScheme> {
  const scheme = await findScheme(queries, owner)
  if (!scheme) throw new RekeyError('notFound')
  const keys = await listUnendedAndNewestKeys(queries, owner, now, maxKeys)
  const live = keys.filter((key) => isLive(key, now))
  const ended = keys.filter((key) => !isLive(key, now)).slice(0, maxKeys - live.length)
  return { keys: [...live, ...ended].sort((a, b) => b.generation - a.generation), scheme }
}

interface SecretStateResponse {
  status: 200
  headers: { ETag?: string; 'Cache-Control'?: string }
  body: components['schemas']['SecretState']
}

/** Builds the response that lists a webhook's keys. The ETag identifies the current key, if there is one. */
export function toSecretStateResponse({ keys, scheme }: KeysInScheme, now: number): SecretStateResponse {
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
    },
  }
}
