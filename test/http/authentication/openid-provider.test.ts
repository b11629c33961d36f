import { afterEach, expect, test, vi } from 'vitest'
import { startOpenIdProvider, type OpenIdProvider } from '../../support/openid-provider.ts'
import { expectInvalidToken } from '../../support/refusals.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { createSigner } from '../../support/signers.ts'

function startWith({ issuer, jwksUri }: OpenIdProvider): Promise<TestServer> {
  return startServer({
    environment: {
      REKEY_JWT_SECRET: '',
      REKEY_JWKS_URL: jwksUri,
      REKEY_JWT_ISSUER: issuer,
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

test("accepts an OpenID provider's access token, with the issuer and key set of its discovery document", async () => {
  const provider = await startOpenIdProvider(['app_1'], createSigner('RS256'))
  const token = await provider.accessToken('secrets:rotate')
  const { api } = await startWith(provider)
  // The webhook does not exist, so a token that may rotate its secret gets 404.
  expect(await api('PATCH', rotation('app_1'), { token })).toMatchObject({ status: 404 })
  expect(await api('PATCH', rotation('app_2'), { token })).toMatchObject({ status: 403 })
  expect(await api('GET', '/applications', { token })).toMatchObject({ status: 403 })
})

test('accepts tokens of both keys while the provider publishes both, and refuses the withdrawn key after 10 minutes', async () => {
  const [old, fresh] = [createSigner('RS256', 'old'), createSigner('ES256', 'fresh')]
  const provider = await startOpenIdProvider(['app_1'], old)
  const { api } = await startWith(provider)
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
