import { isLive } from '../domain/signing-key.ts'
import { RekeyError } from '../errors.ts'
import type { OpenKey } from './open-keys.ts'
import { toTime } from './representation.ts'

/**
 * The keys that the receiver must refuse by now. One that was imported again is none of them.
 * @throws RekeyError `conflict` while one of them still signs
 */
export function endedKeys(current: OpenKey, others: readonly OpenKey[], now: number): OpenKey[] {
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
