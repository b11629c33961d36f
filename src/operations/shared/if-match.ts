import { keyState, type SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { toETag } from './representations.ts'

/**
 * Checks an If-Match header: a list of entity tags, or `*` for any (RFC 9110, section 13.1.1). Tags are compared
 * strongly, so a weak tag never matches.
 * @throws RekeyError `preconditionFailed` unless the header matches the current key
 */
export function checkIfMatch(header: string | undefined, keys: readonly SigningKey[], now: number): void {
  if (header === undefined) return
  const current = keys.find((key) => keyState(key, now) === 'current')
  const named =
    header === '*' || header.split(',').some((tag) => current && tag.trim() === toETag(current.id))
  if (!current || !named) throw new RekeyError('preconditionFailed')
}
