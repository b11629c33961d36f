/**
 * What the token may do, as the server says. Views render every button that needs a scope with `views/action.ts`, which
 * disables it and names what is missing. The server decides either way.
 */

export type Scope =
  | 'applications:read'
  | 'applications:write'
  | 'webhooks:read'
  | 'webhooks:write'
  | 'secrets:read'
  | 'secrets:rotate'
  | 'events:read'

/** Scopes, and the applications for which a token has them. `["*"]` is every application. */
export interface Right {
  scopes: readonly string[]
  applications: readonly string[]
}

/** The part of the state that says what the token may do; null until the server has said so. */
interface Known {
  rights: readonly Right[] | null
}

/**
 * Returns whether the token may do what the scope allows. Returns true as long as the console does not know.
 * @param applicationId null for an application that is not chosen yet
 */
export function may({ rights }: Known, scope: Scope, applicationId: string | null): boolean {
  if (rights === null) return true
  return rights.some(
    ({ scopes, applications }) =>
      scopes.includes(scope) &&
      (applicationId === null
        ? applications.length > 0
        : applications.includes('*') || applications.includes(applicationId)),
  )
}

/** Explains to the user why `may` returns false; null if it returns true. */
export function missing(state: Known, scope: Scope, applicationId: string | null): string | null {
  if (may(state, scope, applicationId)) return null
  return may(state, scope, null)
    ? `This token has the scope ${scope}, but not for ${applicationId}.`
    : `This token lacks the scope ${scope}.`
}
