/** Sign-in at an identity provider: OpenID Connect, authorization code with PKCE (RFC 7636), without a client secret. */
import type * as OAuth from 'oauth4webapi'
import type { Grant, Provider } from './provider.ts'

/**
 * The only item in the browser's storage, from the start of a sign-in to its end. Useless without the authorization
 * code.
 */
const verifierItem = 'rekey.pkce-verifier'

/** Returns the settings in the page; null if people sign in with a token only. */
export function readProvider(): Provider | null {
  const text = document.getElementById('provider')?.textContent ?? ''
  return text === '' ? null : (JSON.parse(text) as Provider)
}

/** The URL to which the provider returns, which must be registered there. */
export function redirectUri(): string {
  return location.origin + location.pathname
}

/** Opens the provider's sign-in page. @param hash the URL fragment of the page to show afterward */
export async function startSignIn(provider: Provider, hash: string): Promise<void> {
  const { generateRandomCodeVerifier, calculatePKCECodeChallenge } = await import('oauth4webapi')
  const verifier = generateRandomCodeVerifier()
  const url = new URL(provider.metadata?.authorization_endpoint ?? '')
  const parameters = {
    ...provider.parameters,
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: redirectUri(),
    scope: provider.scope,
    ...(provider.resource !== undefined && { resource: provider.resource }),
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: `${await derive('state', verifier)}${hash}`,
    ...(wantsIdToken(provider) && { nonce: await derive('nonce', verifier) }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  sessionStorage.setItem(verifierItem, verifier)
  location.assign(url)
}

/** Whether the provider has just returned to this page. */
export function isReturn(search: string): boolean {
  const parameters = new URLSearchParams(search)
  return parameters.has('state') && (parameters.has('code') || parameters.has('error'))
}

/** Returns the URL fragment of the page from which the sign-in started. */
export function returnHash(search: string): string {
  const state = new URLSearchParams(search).get('state') ?? ''
  return state.includes('#') ? state.slice(state.indexOf('#')) : ''
}

/**
 * Exchanges the code in the URL for tokens.
 * @throws Error whose message explains the failure to the user
 */
export async function finishSignIn(provider: Provider, search: string): Promise<Grant> {
  const oauth = await import('oauth4webapi')
  const verifier = sessionStorage.getItem(verifierItem)
  sessionStorage.removeItem(verifierItem)
  if (verifier === null)
    throw new Error('This sign-in was started in another tab, or is complete. Sign in again.')
  const [server, client, options] = exchange(provider)
  const parameters = oauth.validateAuthResponse(
    server,
    client,
    new URLSearchParams(search),
    `${await derive('state', verifier)}${returnHash(search)}`,
  )
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    verifier,
    { ...options, ...transport(oauth, provider) },
  )
  const nonce = wantsIdToken(provider) ? await derive('nonce', verifier) : undefined
  return toGrant(
    await oauth.processAuthorizationCodeResponse(server, client, response, {
      ...(nonce !== undefined && { expectedNonce: nonce, requireIdToken: true }),
    }),
  )
}

/** Exchanges the refresh token for a new access token. @throws an error of oauth4webapi if the provider refuses */
export async function renew(provider: Provider, { refreshToken = '', idToken }: Grant): Promise<Grant> {
  const oauth = await import('oauth4webapi')
  const [server, client, options] = exchange(provider)
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, {
    ...options,
    ...transport(oauth, provider),
  })
  const renewed = toGrant(await oauth.processRefreshTokenResponse(server, client, response))
  return { idToken, refreshToken, ...defined(renewed) }
}

/** Returns the URL that ends the session at the provider; null if the provider has none. */
export function signOutUrl({ metadata, clientId }: Provider, { idToken }: Grant): string | null {
  if (metadata?.end_session_endpoint === undefined) return null
  const url = new URL(metadata.end_session_endpoint)
  url.searchParams.set('client_id', clientId)
  url.searchParams.set('post_logout_redirect_uri', redirectUri())
  if (idToken !== undefined) url.searchParams.set('id_token_hint', idToken)
  return url.href
}

function exchange({ metadata, clientId, resource }: Provider) {
  if (!metadata) throw new Error('The identity provider did not respond to Rekey. Reload the page.')
  return [
    metadata,
    { client_id: clientId },
    {
      signal: AbortSignal.timeout(30_000),
      ...(resource !== undefined && { additionalParameters: { resource } }),
    },
  ] as const
}

function toGrant({ access_token, refresh_token, id_token }: OAuth.TokenEndpointResponse): Grant {
  return { accessToken: access_token, refreshToken: refresh_token, idToken: id_token }
}

function defined(grant: Grant): Grant {
  return Object.fromEntries(
    Object.entries(grant).filter(([, value]) => value !== undefined),
  ) as unknown as Grant
}

/** Derives a value from the verifier, so that the verifier is all that has to be stored. */
async function derive(purpose: 'state' | 'nonce', verifier: string): Promise<string> {
  const { calculatePKCECodeChallenge } = await import('oauth4webapi')
  return calculatePKCECodeChallenge(`${purpose} ${verifier}`)
}

function wantsIdToken({ scope }: Provider): boolean {
  return scope.split(' ').includes('openid')
}

/** Allows plain HTTP only to a provider that has no HTTPS, as on a developer's machine. */
function transport(oauth: typeof OAuth, { issuer }: Provider) {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated only to make it stand out
  return { [oauth.allowInsecureRequests]: issuer.startsWith('http:') }
}
