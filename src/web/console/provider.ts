import type { AuthorizationServer } from 'oauth4webapi'

/** The settings that the server puts into the page. */
export interface Provider {
  issuer: string
  clientId: string
  scope: string
  resource?: string
  parameters: Record<string, string>
  /** Null if the server cannot reach the provider. */
  metadata: (AuthorizationServer & { authorization_endpoint: string }) | null
}

/** The tokens that the provider issued. */
export interface Grant {
  accessToken: string
  /** Missing if the provider issues none to this client, or for these scopes. */
  refreshToken?: string | undefined
  idToken?: string | undefined
}
