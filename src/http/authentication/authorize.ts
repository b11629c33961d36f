import { RekeyError } from '../../errors.ts'
import { HttpError } from '../response/http-error.ts'
import type { AuthenticatedCaller } from './caller.ts'
import { challenge } from './challenge.ts'

/**
 * Checks that a caller may run an operation.
 * @param scopes what the document demands of the token
 * @param applicationId the application that the request names, if it names one
 * @throws RekeyError `forbidden`
 */
export function authorize(
  caller: AuthenticatedCaller,
  scopes: readonly string[],
  applicationId: string | undefined,
): void {
  const missing = scopes.filter((scope) => !caller.scopes.has(scope))
  if (missing.length > 0) {
    const header = `${challenge}, error="insufficient_scope", scope="${missing.join(' ')}"`
    throw new HttpError('forbidden', { headers: { 'www-authenticate': header } })
  }
  const { applications } = caller
  if (applicationId !== undefined && applications !== '*' && !applications.includes(applicationId)) {
    throw new RekeyError('forbidden')
  }
}
