import { isLive } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import type { UnsealedKey } from './unseal-keys.ts'
import { toTime } from './representations.ts'

/**
 * Returns the inactive keys, which the receiver must no longer accept. Omits a key if its secret was imported again and
 * is now current.
 * @throws RekeyError `conflict` if a previous key is still live
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
        `Previous keys are live until ${toTime(Math.max(...ends))}, so the receiver should still accept them. ` +
        'Probe after that time, or end the overlap first.',
    })
  }
  // Guessable secrets that different encryption keys sealed have different hashes, so compare the secrets themselves.
  return others.filter(
    (other) =>
      other.key.sha256 !== current.key.sha256 && !(other.key.guessable && other.secret === current.secret),
  )
}
