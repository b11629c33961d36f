import { errors } from 'jose'

/**
 * Why a token was refused, for the log, since the caller is not told: jose's code, as ERR_JWT_EXPIRED, with the
 * claim that it is about. Contains nothing from the token itself.
 * @param cause that of the RekeyError `unauthorized`
 */
export function authenticationFailureReason(cause: unknown): string {
  if (cause instanceof errors.JWTClaimValidationFailed) return `${cause.code} ${cause.claim}`
  if (cause instanceof errors.JOSEError) return cause.code
  return cause === undefined ? 'no JWT' : 'a key that cannot verify it'
}
