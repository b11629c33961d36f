import type { Applications } from '../../config/config.ts'
import { isQuotableId } from '../request/quotable.ts'
import type { AuthenticatedCaller } from './caller.ts'
import { insufficientScope } from './challenge.ts'

/**
 * Checks that a caller may run an operation: each scope that the operation requires must be granted for the application.
 * @param scopes the scopes that the operation requires; none if it accepts only the token of an invitation
 * @param applicationId the application in the request's path, if there is one; not validated yet
 * @returns the applications for which all of the scopes are granted; if `applicationId` is given, only that one, or `*`
 * @throws RekeyError `forbidden` if a scope is missing, or is not granted for the application
 */
export function authorize(
  { rights }: Pick<AuthenticatedCaller, 'rights'>,
  scopes: readonly string[],
  applicationId: string | undefined,
): Applications {
  if (scopes.length === 0) throw insufficientScope('Only the token of an invitation allows this operation')
  const missing = scopes.filter((scope) => !rights.has(scope))
  if (missing.length > 0)
    throw insufficientScope(
      `The token lacks the scope${missing.length > 1 ? 's' : ''} ${missing.join(' ')}`,
      missing,
    )
  const applications = scopes.map((scope) => rights.get(scope) ?? []).reduce(intersection)
  if (applicationId === undefined || applications === '*') return applications
  if (!applications.includes(applicationId)) {
    const application = isQuotableId(applicationId) ? `the application ${applicationId}` : 'this application'
    const hasOtherScope = [...rights.values()].some((ids) => ids === '*' || ids.includes(applicationId))
    const restriction = hasOtherScope ? ` with the scope ${scopes.join(' ')}` : ''
    throw insufficientScope(`The token does not grant access to ${application}${restriction}`)
  }
  return [applicationId]
}

function intersection(some: Applications, others: Applications): Applications {
  if (some === '*') return others
  return others === '*' ? some : some.filter((id) => others.includes(id))
}
