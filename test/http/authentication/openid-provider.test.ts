import { decodeJwt } from 'jose'
import { afterEach, expect, test, vi } from 'vitest'
import { startOpenIdProvider, type OpenIdProvider } from '../../support/openid-provider.ts'
import { expectInvalidToken } from '../../support/refusals.ts'
import { provision, startServer, type ServerOptions, type TestServer } from '../../support/server.ts'
import { createSigner, signedBy } from '../../support/signers.ts'

function startWith(providers: OpenIdProvider[], options: ServerOptions = {}): Promise<TestServer> {
  return startServer({
    ...options,
    environment: {
      REKEY_JWT_SECRET: '',
      REKEY_JWKS_URL: providers.map(({ jwksUri }) => jwksUri).join(),
      REKEY_JWT_ISSUER: providers.map(({ issuer }) => issuer).join(),
      REKEY_JWT_AUDIENCE: 'https://rekey.example',
    },
  })
}

function pass(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds })
}

afterEach(() => {
  vi.useRealTimers()
})

const rotation = (application: string) => `/applications/${application}/webhooks/hook_1/secret` as const

test("accepts an OpenID provider's access token if Rekey has the issuer and JWKS URL from the provider's discovery document", async () => {
  const provider = await startOpenIdProvider(['app_1'], createSigner('RS256'))
  const token = await provider.accessToken('secrets:rotate')
  const { api } = await startWith([provider])
  // The webhook does not exist, so a token that may rotate its secret gets 404.
  expect(await api('PATCH', rotation('app_1'), { token })).toMatchObject({ status: 404 })
  expect(await api('PATCH', rotation('app_2'), { token })).toMatchObject({ status: 403 })
  expect(await api('GET', '/applications', { token })).toMatchObject({ status: 403 })
})

test('accepts tokens signed with either key while the provider publishes both, and rejects a withdrawn key after 10 minutes', async () => {
  const [old, fresh] = [createSigner('RS256', 'old'), createSigner('ES256', 'fresh')]
  const provider = await startOpenIdProvider(['app_1'], old)
  const { api } = await startWith([provider])
  const status = async (token: string) => (await api('PATCH', rotation('app_1'), { token })).status
  const issue = () => provider.accessToken('secrets:rotate')
  const [known, later] = [await issue(), await issue()]
  expect(await status(known)).toBe(404)

  provider.publish(fresh, old)
  pass(5_000)
  const signedByFresh = await issue()
  expect(await status(signedByFresh)).toBe(404)
  expect(await status(known)).toBe(404)
  expect(await status(later)).toBe(404)

  provider.publish(fresh)
  pass(600_000)
  expect(await status(signedByFresh)).toBe(404)
  expectInvalidToken(await api('PATCH', rotation('app_1'), { token: known }))
  expectInvalidToken(await api('PATCH', rotation('app_1'), { token: later }))
})

/** Starts two providers with the same client, scopes and kid, each for a different application. */
async function startTwoProviders() {
  const [one, other] = [createSigner('RS256', 'same'), createSigner('RS256', 'same')]
  return {
    ...{ one, other },
    provider: await startOpenIdProvider(['app_1'], one),
    another: await startOpenIdProvider(['app_2'], other),
  }
}

test('accepts tokens of two providers, each for the applications that its own provider names', async () => {
  const { provider, another } = await startTwoProviders()
  const { api } = await startWith([provider, another])
  const status = async (token: string, application: string) =>
    (await api('PATCH', rotation(application), { token })).status
  const [token, other] = [
    await provider.accessToken('secrets:rotate'),
    await another.accessToken('secrets:rotate'),
  ]
  expect([await status(token, 'app_1'), await status(token, 'app_2')]).toEqual([404, 403])
  expect([await status(other, 'app_1'), await status(other, 'app_2')]).toEqual([403, 404])
})

test('rejects a token that a provider signed with the issuer of another provider or without one, even under the same kid', async () => {
  const { one, other, provider, another } = await startTwoProviders()
  const server = await startWith([provider, another])
  const claims = decodeJwt(await provider.accessToken('secrets:rotate'))
  const answerTo = async (token: string) => server.api('PATCH', rotation('app_1'), { token })
  expect(await answerTo(await signedBy(one, claims))).toMatchObject({ status: 404 })
  // Rekey now fetches the other key set, so that both are cached when the forged tokens arrive.
  expect(await answerTo(await another.accessToken('secrets:rotate'))).toMatchObject({ status: 403 })
  const { iss = '', ...withoutIssuer } = claims
  const forged = [
    await signedBy(other, claims),
    await signedBy(one, { ...claims, iss: another.issuer }),
    await signedBy(one, { ...claims, iss: `${iss}/` }),
    await signedBy(one, { ...claims, iss: iss.toUpperCase() }),
    await signedBy(one, { ...claims, iss: [iss] as unknown as string }),
    await signedBy(one, { ...claims, iss: `${iss},${another.issuer}` }),
    await signedBy(one, withoutIssuer),
    await signedBy(other, { ...withoutIssuer, issuer: iss }, { iss }),
  ]
  for (const token of forged) expectInvalidToken(await answerTo(token))
})

test('rejects a key that its provider has withdrawn, even while another provider publishes a key with the same kid', async () => {
  const { other, provider, another } = await startTwoProviders()
  const { api } = await startWith([provider, another])
  const token = await provider.accessToken('secrets:rotate')
  expect(await api('PATCH', rotation('app_1'), { token })).toMatchObject({ status: 404 })
  provider.publish(createSigner('RS256', 'fresh'))
  another.publish(other)
  pass(600_000)
  expect(
    await api('PATCH', rotation('app_2'), { token: await another.accessToken('secrets:rotate') }),
  ).toMatchObject({ status: 404 })
  expectInvalidToken(await api('PATCH', rotation('app_1'), { token }))
})

test("the same subject at two providers is two callers: neither can replay the other's Idempotency-Key", async () => {
  const provider = await startOpenIdProvider(['app_1'], createSigner('RS256', 'same'))
  const another = await startOpenIdProvider(['app_1'], createSigner('RS256', 'same'))
  const admin = await startServer()
  const webhook = await provision(admin)
  const { api } = await startWith([provider, another], { beside: admin })
  const headers = { 'idempotency-key': 'leak-1' }
  const secret = async ({ accessToken }: OpenIdProvider) => {
    const token = await accessToken('secrets:rotate')
    return (await api('PATCH', `${webhook}/secret`, { token, headers })).body.signingSecret
  }
  const issued = await secret(provider)
  expect(await secret(another)).not.toBe(issued)
  expect(await secret(provider)).toBe(issued)
})
