import { keyState, type SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { toETag } from './representations.ts'

/**
 * Checks an If-Match header: a list of entity tags, or `*` for any current key (RFC 9110, section 13.1.1). Comparison
 * is strong, so a weak tag never matches. A request without the header passes.
 * @throws RekeyError `preconditionFailed` if the header does not match the current key
 */
export function checkIfMatch(header: string | undefined, keys: readonly SigningKey[], now: number): void {
  if (header === undefined) return
  const current = keys.find((key) => keyState(key, now) === 'current')
  const named =
    header === '*' || header.split(',').some((tag) => current && tag.trim() === toETag(current.id))
  if (!current || !named) throw new RekeyError('preconditionFailed')
}
