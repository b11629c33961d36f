import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose'
import type { JwtConfig } from '../../config/config.ts'
import type { FindIssuer } from './issuers.ts'
import type { Key } from './jwks.ts'
import { isStorable } from './rights.ts'

/** The latest time that a Date can represent (ECMA-262, section 21.4.1.1), in seconds since 1970. */
const lastSecond = 8.64e12

/**
 * Waits until it is this token's turn to have its signature checked.
 * @returns a function that ends the turn; call it once the signature is checked
 */
export type TakeTurn = () => Promise<() => void>

interface VerifyTokenOptions {
  findIssuer: FindIssuer
  config: JwtConfig
  now: () => number
  takeTurn: TakeTurn | undefined
}

/**
 * Verifies a token's signature and its claims `exp`, `nbf`, `iat`, `iss`, `aud` and `sub`.
 * @throws JOSEError if the token is not valid; TypeError if the key does not fit the algorithm; any error from finding
 * the issuer's keys
 */
export async function verifyToken(token: string, { findIssuer, config, now, takeTurn }: VerifyTokenOptions) {
  const { iss, findKeys } = findIssuer(token)
  const options: JWTVerifyOptions = {
    algorithms: config.algorithms,
    requiredClaims: ['exp'],
    clockTolerance: config.clockToleranceSeconds,
    currentDate: new Date(now()),
    ...(iss !== undefined && { issuer: iss }),
    ...(config.audiences.length > 0 && { audience: [...config.audiences] }),
  }
  let key!: Key
  let untried: Key[] | undefined
  let endTurn: (() => void) | undefined
  // jose calls this only after it has checked the token's format and algorithm.
  const nextKey: JWTVerifyGetKey = async (header) => {
    if (untried === undefined) {
      untried = [...(await findKeys(header))]
      // The turn begins only after the keys are fetched, so that a slow issuer does not make it longer.
      endTurn = await takeTurn?.()
    }
    const next = untried.shift()
    if (next === undefined) throw new errors.JWKSNoMatchingKey()
    return (key = next)
  }
  try {
    for (;;) {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, nextKey, options)
        checkClaims(payload)
        return { payload, key, currentKeys: () => findKeys(protectedHeader) }
      } catch (error) {
        // jose throws TypeError for a key that it rejects, such as an RSA key that is too short.
        const isWrongKey =
          error instanceof errors.JWSSignatureVerificationFailed || error instanceof TypeError
        if (!isWrongKey || !untried?.length) throw error
      }
    }
  } finally {
    endTurn?.()
  }
}

/** Checks what jose does not: that a Date can represent the times, and that the audit trail can store the subject. */
function checkClaims(payload: JWTPayload): void {
  for (const claim of ['exp', 'nbf', 'iat'] as const) {
    if (Math.abs(payload[claim] ?? 0) > lastSecond) throw invalidClaim(payload, claim)
  }
  const { sub }: { sub?: unknown } = payload
  if (sub !== undefined && !(typeof sub === 'string' && isStorable(sub))) throw invalidClaim(payload, 'sub')
}

function invalidClaim(payload: JWTPayload, claim: string): errors.JWTClaimValidationFailed {
  return new errors.JWTClaimValidationFailed(`"${claim}" is out of range`, payload, claim, 'invalid')
}
