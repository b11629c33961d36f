import type { Context, Next } from 'koa'
import { RekeyError } from '../../errors.ts'
import { HttpError } from '../response/http-error.ts'

/**
 * Headers that a request must not repeat. Node keeps the first value, while a proxy in front of Rekey may use the last.
 */
const single: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type'])

/** Matches a request target that is a path, or a URL with a path (RFC 9112, sections 3.2.1 and 3.2.2). */
const requestTarget = /^(?:https?:\/\/[^/?#@]+)?(\/[^#]*)$/i

/**
 * Rejects a request if another server might parse its request line or headers differently, because such a request can
 * be smuggled past a proxy (RFC 9112, section 11.2). Node itself rejects input that is not HTTP.
 * @throws RekeyError `badRequest`; `notImplemented` for a CONNECT request
 */
export async function rejectAmbiguousRequest(context: Context, next: Next): Promise<void> {
  const { headers, rawHeaders, httpVersion, url = '' } = context.req
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw badRequest('The request must use HTTP/1.1 or HTTP/1.0')
  const repeated = findRepeated(rawHeaders)
  if (repeated !== undefined) throw badRequest(`The request has more than one ${repeated} header`)
  if (httpVersion === '1.1' && headers.host === undefined) throw badRequest('The request has no host header')

  const coding = headers['transfer-encoding']
  if (coding !== undefined && (httpVersion !== '1.1' || coding.toLowerCase() !== 'chunked'))
    throw badRequest('Transfer-Encoding must be chunked, and requires HTTP/1.1')

  // The target of CONNECT is a host and port, and not a path (RFC 9110, section 9.3.6).
  if (context.method === 'CONNECT') throw new RekeyError('notImplemented')
  const [, path] = requestTarget.exec(url) ?? []
  if (path === undefined && url !== '*')
    throw badRequest('The request target must be a path or an http or https URL, without a fragment')
  context.url = path ?? url
  await next()
}

/** @param rawHeaders alternating names and values */
function findRepeated(rawHeaders: readonly string[]): string | undefined {
  const found = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  return found.find((name, index) => single.has(name) && found.indexOf(name) < index)
}

function badRequest(message: string): HttpError {
  return new HttpError('badRequest', { message, headers: { connection: 'close' } })
}
