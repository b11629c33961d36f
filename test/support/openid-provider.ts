import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { onTestFinished } from 'vitest'
import type { Signer } from './signers.ts'
import { scopes } from '../../generated/scopes.ts'

/** A real OpenID provider that issues access tokens for the client credentials grant until the test ends. */
export interface OpenIdProvider {
  issuer: string
  /** The URL of the key set, from the discovery document. */
  jwksUri: string
  /** Requests an access token for the audience `https://rekey.example`, as any OAuth client would. */
  accessToken: (scope: string) => Promise<string>
  /** Publishes exactly these keys. The first one signs. */
  publish: (...signers: Signer[]) => void
}

const audience = 'https://rekey.example'
const client = { client_id: 'sender', client_secret: 'a secret of the client' }

/** @param applications the value of the claim `applications` in every token */
export async function startOpenIdProvider(
  applications: string[],
  ...signers: Signer[]
): Promise<OpenIdProvider> {
  let current: RequestListener | undefined
  const server = createServer((request, response) => current?.(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close().closeAllConnections()
    await closed
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const publish = (...published: Signer[]) => {
    current = new Provider(issuer, configuration(applications, published)).callback()
  }
  publish(...signers)
  const discovery = await json(await fetch(`${issuer}/.well-known/openid-configuration`))
  return {
    issuer: discovery['issuer'] ?? '',
    jwksUri: discovery['jwks_uri'] ?? '',
    accessToken: async (scope) => {
      const body = new URLSearchParams({
        ...client,
        grant_type: 'client_credentials',
        resource: audience,
        scope,
      })
      const tokens = await json(await fetch(discovery['token_endpoint'] ?? '', { method: 'POST', body }))
      return tokens['access_token'] ?? ''
    },
    publish,
  }
}

async function json(response: Response): Promise<Record<string, string>> {
  if (!response.ok)
    throw new Error(`the OpenID provider responded ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, string>
}

function configuration(applications: string[], signers: Signer[]): object {
  const [{ alg } = { alg: '' }] = signers
  return {
    clients: [
      {
        ...client,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: {
      keys: signers.map(({ alg, kid, privateKey }) => ({
        ...privateKey.export({ format: 'jwk' }),
        alg,
        kid,
        use: 'sig',
      })),
    },
    extraTokenClaims: () => ({ applications }),
    ttl: { ClientCredentials: 3_600 },
    // Nothing to store: the tokens are JWTs. Without an adapter, the provider logs a warning.
    adapter: () => ({ upsert: () => undefined, find: () => undefined }),
    cookies: { keys: ['a key for cookies that no test uses'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
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
