import { isLive, keyState, type SigningKey } from '../../domain/signing-key.ts'
import { RekeyError } from '../../errors.ts'
import { toETag } from './representations.ts'

/** A request's preconditions (RFC 9110, section 13.1). Their tags name the current key; `*` means any current key. */
interface Preconditions {
  'If-Match'?: string | undefined
  'If-None-Match'?: string | undefined
}

/**
 * Checks If-Match and If-None-Match. For a GET, pass only If-Match, because If-None-Match can then result in a 304; see
 * isNotModified. If the webhook has no current key, neither header matches.
 * @throws RekeyError `preconditionFailed`
 */
export function checkPreconditions(header: Preconditions, keys: readonly SigningKey[], now: number): void {
  const { 'If-Match': match, 'If-None-Match': noneMatch } = header
  const current = findCurrent(keys, now)
  if (match !== undefined && !(current && names(match, toETag(current.id)))) {
    const isAltered = current && withoutCompression(match).includes(toETag(current.id))
    throw new RekeyError('preconditionFailed', { message: isAltered ? alteredTag : undefined })
  }
  if (current && namesWeakly(noneMatch, current))
    throw new RekeyError('preconditionFailed', {
      message:
        'If-None-Match matches the current key. Fetch the current state, then decide whether to retry.',
    })
}

/**
 * Whether a GET must return 304: If-None-Match names the current key, and since that key was created, no other key
 * has expired or been revoked and nothing else has changed. The tag covers neither: after a wrong 304, a caller
 * could still show an inactive key as live, or the signers of an earlier scheme.
 * @param changedAt when the webhook was last updated, or its receiver was last probed by schedule
 */
export function isNotModified(
  { 'If-None-Match': noneMatch }: Preconditions,
  keys: readonly SigningKey[],
  changedAt: number,
  now: number,
): boolean {
  const current = findCurrent(keys, now)
  if (!current || !namesWeakly(noneMatch, current) || changedAt > current.createdAt) return false
  return keys.every((key) => isLive(key, now) || (key.revokedAt ?? key.expiresAt ?? 0) <= current.createdAt)
}

const alteredTag =
  'If-Match names the current key, but not by its exact ETag: a proxy weakened the ETag when it compressed the ' +
  'response. Send the ETag without W/ and without a suffix such as -gzip, or turn off compression in the proxy.'

function findCurrent(keys: readonly SigningKey[], now: number): SigningKey | undefined {
  return keys.find((key) => keyState(key, now) === 'current')
}

/** Uses strong comparison: a weak tag never matches (RFC 9110, section 8.8.3.2). */
function names(header: string, tag: string): boolean {
  return header === '*' || tagsOf(header).includes(tag)
}

function namesWeakly(header: string | undefined, { id }: SigningKey): boolean {
  return header !== undefined && names(header.replaceAll('W/"', '"'), toETag(id))
}

/** Returns the tags of a header as they were before a proxy compressed the response. */
function withoutCompression(header: string): string[] {
  return tagsOf(header).map((tag) => tag.replace(/^W\//, '').replace(/[-;]+(gzip|br|zstd|deflate)"$/, '"'))
}

/** Splits a list of entity tags. A tag may itself contain commas. */
function tagsOf(header: string): string[] {
  return header.match(/(W\/)?"[^"]*"/g) ?? []
}
