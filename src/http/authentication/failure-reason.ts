import { errors } from 'jose'

const byCode: Record<string, string> = {
  ERR_JWT_EXPIRED: 'The token has expired',
  ERR_JOSE_ALG_NOT_ALLOWED: "The token's algorithm is not allowed",
  ERR_JOSE_NOT_SUPPORTED: 'The token uses a JWS feature that is not supported',
  ERR_JWKS_NO_MATCHING_KEY: 'The token is signed with an unknown key: no issuer key matches its kid and alg',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "The token's signature is invalid",
}

const byFailedClaim: Record<string, string> = {
  aud: "Wrong audience: the token's aud does not match REKEY_JWT_AUDIENCE",
  iss: "Wrong issuer: the token's iss does not match REKEY_JWT_ISSUER",
  nbf: 'The token is not valid yet (nbf)',
}

export const malformedToken = 'The token is not a well-formed JWT'

/**
 * Describes why a token was rejected, for the caller and the log. The description contains nothing from the token
 * itself.
 * @param error the error that the verification threw
 */
export function describeTokenFailure(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error
    if (reason === 'missing') return `The token lacks the claim ${claim}`
    const failedCheck = reason === 'check_failed' ? byFailedClaim[claim] : undefined
    return failedCheck ?? `The token's claim ${claim} is not valid`
  }
  if (error instanceof errors.JOSEError) return byCode[error.code] ?? malformedToken
  return "The token's algorithm does not match the key that verifies it"
}
