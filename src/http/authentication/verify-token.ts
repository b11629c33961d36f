import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose'
import type { JwtConfig } from '../../config/config.ts'
import { isStorable } from './caller.ts'

/**
 * Waits until a signature may be checked.
 * @returns a function to call once the signature is checked
 */
export type TakeTurn = () => Promise<() => void>

interface VerifyTokenOptions {
  getKey: JWTVerifyGetKey
  config: JwtConfig
  now: () => number
  takeTurn: TakeTurn | undefined
}

/**
 * Verifies a token's signature and its claims `exp`, `nbf`, `iss`, `aud` and `sub`.
 * @throws JOSEError if the token is not valid; TypeError if the key does not fit the algorithm; any error from `getKey`
 */
export async function verifyToken(token: string, { getKey, config, now, takeTurn }: VerifyTokenOptions) {
  let key: Awaited<ReturnType<JWTVerifyGetKey>> | undefined
  let endTurn: (() => void) | undefined
  const getKeyOnce: JWTVerifyGetKey = async (header, jws) => {
    key = await getKey(header, jws)
    // Not before: nobody's turn may last as long as fetching the issuer's keys.
    endTurn = await takeTurn?.()
    return key
  }
  const { payload, protectedHeader } = await jwtVerify(token, getKeyOnce, {
    algorithms: config.algorithms,
    requiredClaims: ['exp'],
    clockTolerance: config.clockToleranceSeconds,
    currentDate: new Date(now()),
    ...(config.issuer !== undefined && { issuer: config.issuer }),
    ...(config.audience !== undefined && { audience: config.audience }),
  }).finally(() => endTurn?.())
  // Checked here, because the audit trail stores the subject and jose does not check it.
  const { sub }: { sub?: unknown } = payload
  if (sub !== undefined && !(typeof sub === 'string' && isStorable(sub)))
    throw new errors.JWTClaimValidationFailed('"sub" cannot be stored', payload, 'sub', 'invalid')
  return { payload, key, currentKey: () => getKey(protectedHeader, { payload: '', signature: '' }) }
}
