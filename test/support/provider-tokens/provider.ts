import type { JWTPayload } from 'jose'

/** An operation on a webhook of an application. */
export type Right = `${'read' | 'rotate' | 'sign' | 'verify'} ${'parcely' | 'bakery'}`

/** A token as a provider issues it, and what the settings in docs/identity-providers.md let it do. */
export interface ProviderToken {
  /** Whom the provider issued the token to. */
  to: string
  /** All claims except `exp`, `iat` and `nbf`, which the test adds. */
  claims: JWTPayload
  /** The rights that the token has. The server must refuse all others. */
  rights: Right[]
  /** The actor in the audit trail. Defaults to `sub`. */
  actor?: string
}

export interface Provider {
  /** The section of docs/identity-providers.md that has the settings. */
  section: string
  tokens: [ProviderToken, ...ProviderToken[]]
}
