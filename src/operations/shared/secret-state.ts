import type { components } from '../../../generated/types.ts'
import { isLive, keyState, type KeyOwner, type SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { listUnendedAndNewestKeys } from '../../store/tables/signing-keys.ts'
import type { Queries } from '../../store/store.ts'
import { webhookExists } from '../../store/tables/webhooks.ts'
import { etagHeaders, toKeyView } from './representations.ts'

/** Maximum number of keys in a response: the current key and 100 others. */
const maxKeys = 101

/**
 * Reads a webhook's keys, newest first: all live keys, and the newest inactive keys up to the limit.
 * @throws RekeyError `notFound` if the webhook does not exist
 */
export async function readKeys(queries: Queries, owner: KeyOwner, now: number): Promise<SigningKey[]> {
  if (!(await webhookExists(queries, owner))) throw new RekeyError('notFound')
  const keys = await listUnendedAndNewestKeys(queries, owner, now, maxKeys)
  const live = keys.filter((key) => isLive(key, now))
  const ended = keys.filter((key) => !isLive(key, now)).slice(0, maxKeys - live.length)
  return [...live, ...ended].sort((a, b) => b.generation - a.generation)
}

interface SecretStateResponse {
  status: 200
  headers: { ETag?: string; 'Cache-Control'?: string }
  body: components['schemas']['SecretState']
}

/**
 * Builds the response that lists a webhook's keys. The ETag identifies the current key, if there is one.
 * @param keys newest first
 */
export function toSecretStateResponse(keys: readonly SigningKey[], now: number): SecretStateResponse {
  const current = keys.find((key) => keyState(key, now) === 'current')
  const previous = keys.filter((key) => key !== current)
  return {
    status: 200,
    headers: current ? etagHeaders(current.id) : {},
    body: {
      current: current ? toKeyView(current, now) : null,
      previous: previous.map((key) => toKeyView(key, now)),
    },
  }
}
