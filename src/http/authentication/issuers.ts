import { decodeJwt, errors } from 'jose'
import type { JwtConfig, PublicKey } from '../../config/config.ts'
import { findInJwks, type FindKeys } from './jwks.ts'

/** An issuer of tokens, with the keys that verify them. */
export interface Issuer {
  /** The `iss` of its tokens; undefined if they may have any. */
  iss: string | undefined
  findKeys: FindKeys
}

/**
 * Finds the issuer that a token claims to be from. The signature is not verified yet.
 * @throws JOSEError if the token is malformed or claims another issuer
 */
export type FindIssuer = (token: string) => Issuer

export function createFindIssuer({ keys, issuers: [iss] }: JwtConfig): FindIssuer {
  if (keys.kind === 'secret') {
    const secrets = [keys.secret]
    return () => ({ iss, findKeys: () => secrets })
  }
  if (keys.kind === 'publicKeys') {
    const findKeys = findAmong(keys.keys)
    return () => ({ iss, findKeys })
  }
  const issuers = new Map(
    keys.sets.map((set) => [set.issuer, { iss: set.issuer, findKeys: findInJwks(set) }]),
  )
  const [only, another] = issuers.values()
  return only && !another ? () => only : (token) => choose(issuers, token)
}

/** Chooses by the exact `iss`, so that an issuer's keys never verify a token that names another issuer. */
function choose(issuers: ReadonlyMap<string | undefined, Issuer>, token: string): Issuer {
  const claims = decodeJwt(token)
  const issuer = issuers.get(claims.iss)
  if (issuer) return issuer
  const reason = claims.iss === undefined ? 'missing' : 'check_failed'
  throw new errors.JWTClaimValidationFailed('no issuer has this "iss"', claims, 'iss', reason)
}

function findAmong(keys: readonly PublicKey[]): FindKeys {
  const algorithms = new Set(keys.flatMap((key) => key.algorithms))
  const byAlgorithm = new Map(
    [...algorithms].map((alg) => [
      alg,
      keys.filter((key) => key.algorithms.includes(alg)).map(({ key }) => key),
    ]),
  )
  return ({ alg }) => byAlgorithm.get(alg) ?? []
}
