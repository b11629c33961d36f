import { errors } from 'jose'
import type { JwtConfig } from '../../config/config.ts'
import { toCaller, type AuthenticatedCaller } from './caller.ts'
import { invalidToken, noToken } from './challenge.ts'
import { describeTokenFailure, malformedToken } from './failure-reason.ts'
import { createFindIssuer } from './issuers.ts'
import { VerifiedTokens } from './verified-tokens.ts'
import { verifyToken, type TakeTurn } from './verify-token.ts'

/** Maximum length of a token. Longer tokens are rejected without being parsed. */
const maxTokenBytes = 16_384

/**
 * Verifies the value of an Authorization header.
 * @throws RekeyError `unauthorized` if the token is missing or not valid; `serviceUnavailable` if the issuer's keys
 * cannot be fetched
 */
export type Authenticate = (
  authorization: string | undefined,
  takeTurn?: TakeTurn,
) => Promise<AuthenticatedCaller>

/**
 * Creates a function that verifies Authorization headers.
 * @param now returns the current time in milliseconds since 1970
 */
export function createAuthenticate(config: JwtConfig, now: () => number): Authenticate {
  const findIssuer = createFindIssuer(config)
  const verifiedTokens = new VerifiedTokens(config.clockToleranceSeconds)
  return async (authorization, takeTurn) => {
    const [, token] = /^Bearer +(.+)$/i.exec(authorization ?? '') ?? []
    if (token === undefined) throw noToken()
    if (token.length > maxTokenBytes) throw invalidToken(`The token is longer than ${maxTokenBytes} bytes`)
    if (!/^[A-Za-z0-9_.-]+$/.test(token)) throw invalidToken(malformedToken)
    const known = await rejectAsInvalid(verifiedTokens.find(token, now()))
    if (known) return known
    const { payload, ...verified } = await rejectAsInvalid(
      verifyToken(token, { findIssuer, config, now, takeTurn }),
    )
    const caller = toCaller(payload, token, config)
    verifiedTokens.add(token, { ...verified, claims: payload, caller })
    return caller
  }
}

/** Converts any error caused by an invalid token to a 401. Rethrows all other errors. */
async function rejectAsInvalid<T>(verification: Promise<T>): Promise<T> {
  try {
    return await verification
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      throw invalidToken(describeTokenFailure(error))
    throw error
  }
}
