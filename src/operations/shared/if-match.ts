import { keyState, type SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { toETag } from './representations.ts'

/**
 * RFC 9110, section 13.1.1: a list of entity tags, or `*` for any. Tags are compared strongly, so that
 * a weak one never matches.
 * @throws RekeyError `preconditionFailed` unless the current key is one of those named
 */
export function checkIfMatch(header: string | undefined, keys: readonly SigningKey[], now: number): void {
  if (header === undefined) return
  const current = keys.find((key) => keyState(key, now) === 'current')
  const named =
    header === '*' || header.split(',').some((tag) => current && tag.trim() === toETag(current.id))
  if (!current || !named) throw new RekeyError('preconditionFailed')
}
