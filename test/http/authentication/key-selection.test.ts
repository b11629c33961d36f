import { generateKeyPairSync } from 'node:crypto'
import type { JWK } from 'jose'
import { afterEach, expect, test, vi } from 'vitest'
import { startJwksServer } from '../../support/jwks-server.ts'
import { get, startWith } from '../../support/one-issuer.ts'
import { expectInvalidToken } from '../../support/refusals.ts'
import { createSigner } from '../../support/signers.ts'

const first = createSigner('ES256', 'first')
const second = createSigner('ES256', 'second')

afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['an unknown kid', 'third'],
  ['a kid that is not a string', 1],
  ['an empty kid', ''],
])('rejects a token with %s, even if a key in the set signed it', async (_, kid) => {
  const server = await startWith(await startJwksServer(first))
  expectInvalidToken(await get(server, first, { kid }))
})

test('accepts a token without a kid if any published key for its algorithm verifies it', async () => {
  const server = await startWith(await startJwksServer(createSigner('RS256'), first, second))
  for (const signer of [first, second])
    expect(await get(server, signer, { kid: undefined })).toMatchObject({ status: 200 })
  expectInvalidToken(await get(server, createSigner('ES256'), { kid: undefined }))
})

const unusable: JWK[] = [
  { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', kid: first.kid },
  { kty: 'oct', k: 'AAAA', alg: 'HS256', kid: first.kid },
  { kty: 'EC', crv: 'secp256k1', x: 'AAAA', y: 'AAAA', kid: first.kid },
  { kty: 'OKP', crv: 'X25519', x: 'AAAA', kid: first.kid },
  { kty: 'new', kid: first.kid },
  { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', use: 'enc' },
  { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', use: 'new' },
  { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA', key_ops: ['deriveKey'] },
  { kid: first.kid },
]

test('ignores published keys whose type, curve, use or algorithm Rekey does not support', async () => {
  const issuer = await startJwksServer(...[...unusable, first.jwk].map((jwk) => ({ ...first, jwk })))
  const server = await startWith(issuer)
  expect(await get(server, first)).toMatchObject({ status: 200 })
  expect(await get(server, first, { kid: undefined })).toMatchObject({ status: 200 })
  expectInvalidToken(await get(server, second))
})

test("if no published key has a kid, tries each key that fits the token's algorithm, even if the token has a kid", async () => {
  const nameless = [first, second].map((signer) => {
    const { kid, ...jwk } = signer.jwk
    expect(kid).toBe(signer.kid)
    return { ...signer, jwk }
  })
  const issuer = await startJwksServer(...nameless)
  const server = await startWith(issuer)
  for (const signer of [first, second]) {
    expect(await get(server, signer)).toMatchObject({ status: 200 })
    expect(await get(server, signer, { kid: undefined })).toMatchObject({ status: 200 })
  }
  expectInvalidToken(await get(server, createSigner('ES256', 'first')), "The token's signature is invalid")
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6_000 })
  expect(await get(server, second)).toMatchObject({ status: 200 })
  expect(issuer.requests()).toBe(1)
})

test('rejects a token signed with a key that the issuer publishes for encryption', async () => {
  const issuer = await startJwksServer({ ...first, jwk: { ...first.jwk, use: 'enc' } })
  expectInvalidToken(await get(await startWith(issuer), first))
})

test('a published RSA key that is too short does not prevent another published key from verifying a token', async () => {
  const rsa = createSigner('RS256')
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const short = { ...rsa, jwk: { ...publicKey.export({ format: 'jwk' }), kid: rsa.kid } }
  const server = await startWith(await startJwksServer(short, rsa))
  expect(await get(server, rsa)).toMatchObject({ status: 200 })
})
