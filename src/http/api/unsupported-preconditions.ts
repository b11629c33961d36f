import type { IncomingHttpHeaders } from 'node:http'
import { RekeyError } from '../../errors.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * Rejects If-Match and If-None-Match for an operation that does not support them. If Rekey ignored them, a request
 * could change something that its caller meant to protect. A GET without an ETag still accepts If-None-Match and
 * `If-Match: *`, because both conditions are true (RFC 9110, sections 13.1.1 and 13.1.2). If-Modified-Since and
 * If-Unmodified-Since are always ignored, because no resource has a Last-Modified date (sections 13.1.3 and 13.1.4).
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
