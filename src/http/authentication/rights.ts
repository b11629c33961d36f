import { scopes as knownScopes } from '../../../generated/scopes.ts'
import type { Applications, GrantCondition, JwtConfig } from '../../config/config.ts'
import { readClaim, textsOf, wordsOf } from './claims.ts'

/** For each scope that a token grants, the applications for which it grants the scope. */
export type Rights = ReadonlyMap<string, Applications>

/** Reads a verified token's rights. Ignores scopes that no operation requires. */
export function toRights(claims: object, config: JwtConfig): Rights {
  const rights = new Map<string, Applications>()
  const { scopePrefix: prefix } = config
  const scopes = wordsIn(claims, config.scopeClaims)
    .filter((scope) => scope.startsWith(prefix))
    .map((scope) => scope.slice(prefix.length))
  add(rights, scopes, toApplications(wordsIn(claims, config.applicationsClaims)))
  for (const { conditions, scopes, applications } of config.grants) {
    if (conditions.every((condition) => holds(condition, claims))) add(rights, scopes, applications)
  }
  return rights
}

/** Whether the claims meet a condition. If the claim has several values, one match is enough. */
function holds({ claim, matches }: GrantCondition, claims: object): boolean {
  return textsOf(readClaim(claims, claim)).some(matches)
}

function wordsIn(claims: object, paths: readonly string[]): string[] {
  return paths.flatMap((path) => wordsOf(readClaim(claims, path)))
}

function add(rights: Map<string, Applications>, scopes: readonly string[], applications: Applications): void {
  for (const scope of scopes.filter((scope) => knownScopes.includes(scope))) {
    rights.set(scope, union(rights.get(scope) ?? [], applications))
  }
}

function union(some: Applications, others: Applications): Applications {
  if (some === '*' || others === '*') return '*'
  return some.length === 0 ? others : [...new Set([...some, ...others])]
}

function toApplications(ids: string[]): Applications {
  return ids.includes('*') ? '*' : [...new Set(ids.filter(isStorable))]
}

/**
 * Whether both databases can store the text unchanged: PostgreSQL rejects NUL, and a lone surrogate cannot be encoded
 * in UTF-8.
 */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
