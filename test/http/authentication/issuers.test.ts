import { afterEach, expect, test, vi } from 'vitest'
import { startJwksServer } from '../../support/jwks-server.ts'
import { expectInvalidToken, expectUnavailable } from '../../support/refusals.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { createSigner, fullClaims, signedBy, type Signer } from '../../support/signers.ts'

const one = 'https://one.example'
const two = 'https://two.example'
const wrongIssuer = "Wrong issuer: the token's iss does not match REKEY_JWT_ISSUER"

afterEach(() => {
  vi.useRealTimers()
})

/** Starts two issuers whose keys have the same kid, and a server that trusts both. */
async function startIssuers() {
  const [keyOne, keyTwo] = [createSigner('ES256', 'same'), createSigner('ES256', 'same')]
  const [issuerOne, issuerTwo] = [await startJwksServer(keyOne), await startJwksServer(keyTwo)]
  const server = await startServer({
    environment: {
      REKEY_JWT_SECRET: '',
      REKEY_JWT_ISSUER: `${one}, ${two}`,
      REKEY_JWKS_URL: `${issuerOne.url}, ${issuerTwo.url}`,
    },
  })
  return { server, keyOne, keyTwo, issuerOne, issuerTwo }
}

const get = async ({ api }: TestServer, iss: unknown, signer: Signer) => {
  const claims: Record<string, unknown> = { ...fullClaims(), iss }
  return api('GET', '/applications', { token: await signedBy(signer, claims) })
}

test("accepts each issuer's tokens, and rejects a token that one issuer signed with the other's name", async () => {
  const { server, keyOne, keyTwo } = await startIssuers()
  for (let round = 0; round < 2; round++) {
    expect(await get(server, one, keyOne)).toMatchObject({ status: 200 })
    expect(await get(server, two, keyTwo)).toMatchObject({ status: 200 })
    expectInvalidToken(await get(server, one, keyTwo), "The token's signature is invalid")
    expectInvalidToken(await get(server, two, keyOne), "The token's signature is invalid")
  }
})

test('rejects tokens of any other issuer without fetching a key set', async () => {
  const { server, keyOne, issuerOne, issuerTwo } = await startIssuers()
  for (const iss of [`${one}/`, 'https://ONE.example', ` ${one}`, '', [one], null, { one }, `${one}, ${two}`])
    expectInvalidToken(await get(server, iss, keyOne), wrongIssuer)
  expectInvalidToken(await get(server, undefined, keyOne), 'The token lacks the claim iss')
  expect(issuerOne.requests() + issuerTwo.requests()).toBe(0)
})

test('checks a cached token against the keys of its own issuer', async () => {
  const { server, keyOne, keyTwo, issuerOne, issuerTwo } = await startIssuers()
  const token = await signedBy(keyOne, { ...fullClaims(), iss: one })
  const send = () => server.api('GET', '/applications', { token })
  expect(await send()).toMatchObject({ status: 200 })
  issuerOne.publish(keyTwo)
  issuerTwo.publish(keyOne)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
  expectInvalidToken(await send(), "The token's signature is invalid")
})

test("accepts one issuer's tokens while the other issuer is down", async () => {
  const { server, keyOne, keyTwo, issuerOne } = await startIssuers()
  await issuerOne.goDown()
  expectUnavailable(await get(server, one, keyOne))
  expect(await get(server, two, keyTwo)).toMatchObject({ status: 200 })
})
