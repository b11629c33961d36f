import { HttpError } from '../response/http-error.ts'

/** RFC 6750, section 3: every refusal names the scheme. */
export const challenge = 'Bearer realm="rekey"'

/** @param cause why, for the log */
export function invalidToken(cause?: unknown): HttpError {
  return new HttpError('unauthorized', {
    cause,
    headers: { 'www-authenticate': `${challenge}, error="invalid_token"` },
  })
}
