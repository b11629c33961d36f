import type { IncomingHttpHeaders } from 'node:http'
import { RekeyError } from '../../errors.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * Rejects If-Match and If-None-Match for an operation that does not take them, because ignoring them could change what
 * the caller meant to protect. A GET without an ETag ignores If-None-Match and `If-Match: *`: both hold (RFC 9110,
 * sections 13.1.1 and 13.1.2). If-Modified-Since and If-Unmodified-Since are ignored everywhere, as sections 13.1.3 and
 * 13.1.4 demand where nothing has a Last-Modified.
 * @throws RekeyError `badRequest`
 */
export function rejectUnsupportedPreconditions(
  { operation, operationId, headers }: Endpoint,
  sent: IncomingHttpHeaders,
): void {
  for (const name of ['If-Match', 'If-None-Match']) {
    const value = sent[name.toLowerCase()]
    if (value === undefined || headers.includes(name)) continue
    if (operation.method === 'get' && (name === 'If-None-Match' || value === '*')) continue
    throw new RekeyError('badRequest', {
      message: `${operationId} does not support ${name}, because its resource has no ETag. Remove the header.`,
    })
  }
}
