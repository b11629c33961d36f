import { isLive } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import type { UnsealedKey } from './unseal-keys.ts'
import { toTime } from './representations.ts'

/**
 * The keys that the receiver must refuse by now. One that was imported again is none of them.
 * @throws RekeyError `conflict` while one of them still signs
 */
export function listInactiveKeys(
  current: UnsealedKey,
  others: readonly UnsealedKey[],
  now: number,
): UnsealedKey[] {
  const ends = others.flatMap(({ key }) => (isLive(key, now) && key.expiresAt !== null ? key.expiresAt : []))
  if (ends.length > 0) {
    throw new RekeyError('conflict', {
      message:
        `The previous keys sign until ${toTime(Math.max(...ends))}, so the receiver may rightly accept ` +
        'them. Ask again then, or end the overlap first.',
    })
  }
  return others.filter(({ secret }) => secret !== current.secret)
}
