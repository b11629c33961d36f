import { isIP, isIPv6 } from 'node:net'

/** Returns the entries of an `X-Forwarded-For` header, last first. Skips empty ones (RFC 9110, section 5.6.1). */
export function xForwardedFor(header: string): string[] {
  return header
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .reverse()
}

/**
 * Yields the `for` of each element of a `Forwarded` header (RFC 7239), last first. Yields an empty string for an
 * element without a valid `for`. Reads from the end, because the last proxy wrote the end: a quotation mark that a
 * caller leaves open cannot hide what the proxies append.
 */
export function* forwardedFor(header: string): Generator<string> {
  let isQuoted = false
  let end = header.length
  for (let at = end - 1; at >= -1; at--) {
    if (header[at] === '"' && !isEscaped(header, at)) isQuoted = !isQuoted
    if (at >= 0 && (isQuoted || header[at] !== ',')) continue
    const element = header.slice(at + 1, end)
    end = at
    if (element.trim() !== '') yield forOf(element)
  }
}

/** Whether an odd number of backslashes precedes the character. */
function isEscaped(text: string, at: number): boolean {
  let start = at
  while (text[start - 1] === '\\') start--
  return (at - start) % 2 === 1
}

/** Returns the value of an element's `for`, or an empty string unless the element is valid and has exactly one. */
function forOf(element: string): string {
  // No text can match both of two adjacent parts, so that an invalid element does not take quadratic time.
  const pair = /\s*(?:([^=;"\s]+)\s*=\s*(?:("(?:[^"\\]|\\.)*"|[^;"\s]+)\s*)?)?(?:;|$)/y
  const found: string[] = []
  while (pair.lastIndex < element.length) {
    const match = pair.exec(element)
    if (!match) return ''
    const [, name = '', value = ''] = match
    if (name.toLowerCase() === 'for') found.push(value.replace(/\\(.)/g, '$1'))
  }
  const [only = '', ...others] = found
  return others.length === 0 ? only : ''
}

/**
 * Reads the address in a forwarding header's entry. Proxies write it with a port, in brackets, in quotation marks, or
 * with a zone.
 * @returns undefined if the entry has no address, as in `unknown` or `_hidden`
 */
export function addressIn(entry: string): string | undefined {
  const node = entry
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim()
  const unzoned = node.replace(/%[^\]]*/, '')
  const host = isIPv6(unzoned) ? unzoned : unzoned.replace(/:(\d{1,5}|_[\w.-]+)$/, '')
  const address = host.replace(/^\[(.*)\]$/, '$1')
  return isIP(address) === 0 ? undefined : address
}
