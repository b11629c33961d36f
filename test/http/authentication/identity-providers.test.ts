import type { JWTPayload } from 'jose'
import { expect, test } from 'vitest'
import { readPage } from '../../support/documentation.ts'
import { json, startJwksServer, type JwksServer } from '../../support/jwks-server.ts'
import { documentedSettings, keySetToken } from '../../support/provider-settings.ts'
import type { Right } from '../../support/provider-tokens/provider.ts'
import { githubActions } from '../../support/provider-tokens/github-actions.ts'
import { keycloak } from '../../support/provider-tokens/keycloak.ts'
import { providers } from '../../support/provider-tokens/providers.ts'
import { expectInvalidToken } from '../../support/refusals.ts'
import { provision, startServer, temporaryFolder, type TestServer } from '../../support/server.ts'
import { createSigner, signedBy, type Signer } from '../../support/signers.ts'

const applications = ['parcely', 'bakery'] as const
const signer = createSigner('RS256', 'current')
/** Someone else's key, with the kid of the provider's key. */
const impostor = createSigner('RS256', 'current')
const now = Math.floor(Date.now() / 1000)

type Claims = { [name in keyof JWTPayload]: JWTPayload[name] | undefined }

/** Signs a token that is valid for an hour and has these claims. A claim set to undefined is omitted. */
function issue(claims: Claims, by: Signer = signer): Promise<string> {
  return signedBy(by, { iat: now, nbf: now, exp: now + 3_600, ...claims } as JWTPayload)
}

/** Publishes the key next to an encryption key, as providers do. @param demandsToken whether to require `keySetToken` */
async function startKeySet({ demandsToken = false, key = signer } = {}): Promise<JwksServer> {
  const keySet = await startJwksServer(key)
  const other = { ...createSigner('RS256', 'encryption').jwk, use: 'enc', alg: 'RSA-OAEP' }
  const publish = json({ keys: [other, { ...key.jwk, alg: 'RS256', x5t: 'a-thumbprint' }] })
  keySet.answer((request, response) => {
    if (!demandsToken || request.headers.authorization === `Bearer ${keySetToken}`) publish(request, response)
    else response.writeHead(401).end()
  })
  return keySet
}

/** Starts a server that has a webhook with a secret in each application. Its own tokens grant everything. */
async function startProvisioned(): Promise<TestServer> {
  const admin = await startServer()
  for (const application of applications) {
    const webhook = await provision(admin, application)
    await admin.api('PATCH', `${webhook}/secret`)
  }
  return admin
}

/** Tries every operation on every application. @returns what the token may do */
async function rightsOf({ api }: TestServer, token: string): Promise<Right[]> {
  const rights: Right[] = []
  for (const application of applications) {
    const webhook = `/applications/${application}/webhooks/hook_1` as const
    const message = { payload: '{}', headers: {} }
    const responses = {
      read: await api('GET', `${webhook}/secret`, { token }),
      rotate: await api('PATCH', `${webhook}/secret`, { token }),
      sign: await api('POST', `${webhook}/signatures`, { token, body: { payload: '{}' } }),
      verify: await api('POST', `${webhook}/signatures/verify`, { token, body: message }),
    }
    for (const [operation, { status }] of Object.entries(responses)) {
      expect([200, 403]).toContain(status)
      if (status === 200) rights.push(`${operation as keyof typeof responses} ${application}`)
    }
  }
  return rights
}

test.each(providers)(
  'with the documented settings, $section tokens grant exactly the documented rights, and forged tokens return 401',
  async ({ section, tokens }) => {
    const keySet = await startKeySet({ demandsToken: section.startsWith('Kubernetes') })
    const environment = documentedSettings(section, temporaryFolder(), [keySet.url])
    const admin = await startProvisioned()
    const server = await startServer({ beside: admin, environment })
    for (const { to, claims, rights, actor } of tokens) {
      expect((await rightsOf(server, await issue(claims))).sort(), to).toEqual(rights.sort())
      if (!rights.includes('rotate parcely')) continue
      const events = await admin.api('GET', '/applications/parcely/webhooks/hook_1/events?limit=1')
      expect(events.body.items).toMatchObject([{ type: 'secret.rotated', actor: actor ?? claims.sub }])
    }
    const [{ claims }] = tokens
    const forged = [
      await issue(claims, impostor),
      await issue({ ...claims, iss: 'https://issuer.example' }),
      await issue({ ...claims, iss: undefined }),
      await issue({ ...claims, exp: now - 60 }),
      ...(claims.aud === undefined ? [] : [await issue({ ...claims, aud: 'https://other.example' })]),
    ]
    for (const token of forged)
      expectInvalidToken(await server.api('GET', '/applications/parcely', { token }))
  },
)

test("with the documented settings for several providers, a provider's tokens get only the grants that name the provider", async () => {
  const github = createSigner('RS256', 'current')
  const keySets = [await startKeySet(), await startKeySet({ key: github })]
  const urls = keySets.map(({ url }) => url)
  const environment = documentedSettings('Several providers', temporaryFolder(), urls)
  const admin = await startProvisioned()
  const server = await startServer({ beside: admin, environment })
  const [{ claims: person }] = keycloak.tokens
  const [{ claims: job, rights }] = githubActions.tokens
  const operator = { ...person, resource_access: { rekey: { roles: ['operator'] } } }

  expect(await rightsOf(server, await issue(operator))).toEqual([
    ...['read parcely', 'rotate parcely'],
    ...['read bakery', 'rotate bakery'],
  ])
  expect(await rightsOf(server, await issue(job, github))).toEqual(rights)
  expect(await rightsOf(server, await issue({ ...job, iss: person.iss }))).toEqual([])
  expect(await rightsOf(server, await issue({ ...operator, iss: job.iss }, github))).toEqual([])
  for (const token of [await issue(job), await issue(operator, github)])
    expectInvalidToken(await server.api('GET', '/applications/parcely', { token }))
})

test('docs/identity-providers.md has settings for exactly these providers, in this order', () => {
  const page = readPage('docs/identity-providers.md')
  const titles = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title)
  const tested = providers.map(({ section }) => section)
  expect(titles).toEqual([...tested, 'Several providers', 'Any other provider'])
})
