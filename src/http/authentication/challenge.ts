import { RekeyError } from '../../errors.ts'
import { HttpError } from '../response/http-error.ts'

const realm = 'Bearer realm="rekey"'

/** Builds the 401 for a request without a bearer token. Its challenge has no error code (RFC 6750, section 3.1). */
export function noToken(): HttpError {
  return new HttpError('unauthorized', {
    headers: { 'www-authenticate': realm },
    refused: 'The request has no bearer token',
  })
}

/**
 * Builds the 401 for a token that is not valid.
 * @param description why the token is not valid, for the caller and the log; must be ASCII without `"` and `\` (RFC
 * 6750, section 3)
 */
export function invalidToken(description: string): HttpError {
  return new HttpError('unauthorized', {
    headers: { 'www-authenticate': `${realm}, error="invalid_token", error_description="${description}"` },
    refused: description,
  })
}

/**
 * Builds the 403 for a valid token that does not allow the request.
 * @param description why the request is not allowed; limited to the same characters as in `invalidToken`
 * @param scopes the scopes that the token lacks
 */
export function insufficientScope(description: string, scopes: readonly string[] = []): HttpError {
  const error = `${realm}, error="insufficient_scope", error_description="${description}"`
  const header = scopes.length > 0 ? `${error}, scope="${scopes.join(' ')}"` : error
  return new HttpError('forbidden', { headers: { 'www-authenticate': header }, refused: description })
}

/**
 * Adds the challenge to a refusal that only the operation could decide, for example because an invitation was used. Its
 * message becomes the description. Other errors stay as they are.
 */
export function withChallenge(error: unknown): unknown {
  if (!(error instanceof RekeyError)) return error
  if (error.kind === 'unauthorized') return invalidToken(error.message)
  return error.kind === 'forbidden' ? insufficientScope(error.message) : error
}
