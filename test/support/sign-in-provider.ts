import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Provider from 'oidc-provider'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { scopes } from '../../generated/scopes.ts'
import { createSigner } from './signers.ts'

/** Settings of the console's OpenID client. */
export interface SignInClient {
  /** The URL of the console. */
  consoleUrl: string
  /** The lifetime of access tokens in seconds. */
  tokenSeconds?: number
  /** Whether access tokens are JWTs. */
  jwt?: boolean
}

/** A real OpenID provider with pages on which people sign in, until the test ends. */
export interface SignInProvider {
  issuer: string
  /** Creates the client `console`, without a secret. */
  register: (client: SignInClient) => void
  /** The paths of the requests so far, without queries. */
  requests: string[]
  /** While true, the provider responds with 503. */
  down: boolean
}

export const audience = 'https://rekey.example'

export async function startSignInProvider(): Promise<SignInProvider> {
  let current: Provider | undefined
  const provider: SignInProvider = { issuer: '', register, requests: [], down: false }
  const server = createServer((request, response) => {
    provider.requests.push(new URL(request.url ?? '', provider.issuer).pathname)
    if (provider.down || !current) response.writeHead(503).end()
    else if (request.url?.startsWith('/interaction/')) void interact(current, request, response)
    else current.callback()(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close().closeAllConnections()
    await closed
  })
  provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  function register(client: SignInClient) {
    current = new Provider(provider.issuer, configuration(client))
  }
  return provider
}

/** Fills in the provider's page, as a person would. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** Serves the provider's page for sign-in, which asks only for a name. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html').end(
      page(`<form method="post"><label>Name <input name="name"></label>
      <button>Continue</button><button name="cancel" value="yes">Cancel</button></form>`),
    )
    return
  }
  const answers = new URLSearchParams(await text(request))
  const result = answers.has('cancel')
    ? { error: 'access_denied', error_description: 'the person declined' }
    : { login: { accountId: answers.get('name') } }
  await provider.interactionFinished(request, response, result)
}

function page(content: string): string {
  return `<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,">${content}`
}

const { alg, kid, privateKey } = createSigner('RS256', 'current')

interface GrantContext {
  oidc: {
    client: { clientId: string }
    session: { accountId: string }
    provider: Provider
  }
}

function configuration({ consoleUrl, tokenSeconds = 3_600, jwt = true }: SignInClient): object {
  return {
    clients: [
      {
        client_id: 'console',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [consoleUrl],
        post_logout_redirect_uris: [consoleUrl],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg, kid, use: 'sig' }] },
    // The claims that a provider would be configured to add.
    extraTokenClaims: () => ({ applications: ['app_1'] }),
    ttl: {
      AccessToken: tokenSeconds,
      Session: 3_600,
      Grant: 3_600,
      Interaction: 600,
      IdToken: 3_600,
      RefreshToken: 3_600,
    },
    cookies: { keys: ['a key for cookies that no test uses'] },
    clientBasedCORS: () => true,
    interactions: { url: (_: object, { uid }: { uid: string }) => `/interaction/${uid}` },
    // Grants consent without asking.
    loadExistingGrant: async ({ oidc }: GrantContext) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      })
      grant.addOIDCScope('openid offline_access')
      grant.addResourceScope(audience, scopes.join(' '))
      await grant.save()
      return grant
    },
    issueRefreshToken: () => true,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context: { body: string }, form: string) => {
          context.body = page(
            `${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button>`,
          )
        },
      },
      resourceIndicators: {
        enabled: jwt,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          audience,
          scope: scopes.join(' '),
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
  }
}
