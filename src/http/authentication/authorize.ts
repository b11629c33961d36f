import { isQuotableId } from '../request/quotable.ts'
import type { AuthenticatedCaller } from './caller.ts'
import { insufficientScope } from './challenge.ts'

/**
 * Checks that a caller may run an operation.
 * @param scopes the scopes that the operation requires
 * @param applicationId the application in the request's path, if there is one; not validated yet
 * @throws RekeyError `forbidden` if a scope is missing, or the token does not grant access to the application
 */
export function authorize(
  caller: AuthenticatedCaller,
  scopes: readonly string[],
  applicationId: string | undefined,
): void {
  const missing = scopes.filter((scope) => !caller.scopes.has(scope))
  if (missing.length > 0)
    throw insufficientScope(
      `The token lacks the scope${missing.length > 1 ? 's' : ''} ${missing.join(' ')}`,
      missing,
    )
  const { applications } = caller
  if (applicationId !== undefined && applications !== '*' && !applications.includes(applicationId)) {
    const application = isQuotableId(applicationId) ? `the application ${applicationId}` : 'this application'
    throw insufficientScope(`The token does not grant access to ${application}`)
  }
}
