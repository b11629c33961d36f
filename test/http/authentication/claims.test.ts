import type { JWTPayload } from 'jose'
import { expect, test } from 'vitest'
import type { Environment } from '../../../src/config/config.ts'
import { expectInvalidToken } from '../../support/refusals.ts'
import { startServer, type TestResponse } from '../../support/server.ts'
import { fullClaims, hs256 } from '../../support/signers.ts'

/** Starts a server and sends it a correctly signed token with these claims. */
async function answerTo(claims: object, environment: Environment = {}): Promise<TestResponse> {
  const { api } = await startServer({ environment })
  return api('GET', '/applications', { token: hs256({ ...fullClaims(), ...claims }) })
}

test.each([
  ['is missing', undefined],
  ['is null', null],
  ['is a string', '99999999999'],
  ['is an array', [99_999_999_999]],
  ['is negative', -1],
  ['was an hour ago', fullClaims(Date.now() - 7_200_000).exp],
  ['is later than any date', 8.64e12 + 1],
  ['is the largest number', Number.MAX_VALUE],
])('rejects a token whose exp %s', async (_, exp) => {
  expectInvalidToken(await answerTo({ exp }))
})

test.each([
  { nbf: '0' },
  { nbf: null },
  { nbf: -1e300 },
  { iat: 'today' },
  { iat: 8.64e12 + 1 },
  { sub: 7 },
  { sub: null },
  { sub: { id: 'tester' } },
  { sub: 'a\0' },
  { sub: '\ud800' },
])('rejects a token with the invalid claim %j', async (claims) => {
  expectInvalidToken(await answerTo(claims))
})

test('rejects a token whose exp is too large for a number', async () => {
  const { api } = await startServer()
  const infinite = JSON.stringify({ ...fullClaims(), exp: 0 }).replace('"exp":0', '"exp":1e999')
  expectInvalidToken(
    await api('GET', '/applications', { token: hs256(infinite) }),
    "The token's claim exp is not valid",
  )
})

test('accepts a token that expires at the latest possible Date, and accepts it again from the cache', async () => {
  const { api } = await startServer()
  const token = hs256({ ...fullClaims(), exp: 8.64e12 })
  for (let use = 0; use < 2; use++)
    expect(await api('GET', '/applications', { token })).toMatchObject({ status: 200 })
})

test('accepts a token without sub', async () => {
  expect(await answerTo({ sub: undefined })).toMatchObject({ status: 200 })
})

/** Half a second past a whole second, to show that Rekey compares whole seconds. */
const now = 1_900_000_000_500
const seconds = Math.floor(now / 1000)

test.each<[string, tolerance: string, answer: string, JWTPayload]>([
  ['expires in a second', '0', 'accepted', { exp: seconds + 1 }],
  ['expires now', '0', 'rejected', { exp: seconds }],
  ['becomes valid now', '0', 'accepted', { nbf: seconds }],
  ['becomes valid in a second', '0', 'rejected', { nbf: seconds + 1 }],
  ['expired 29 seconds ago', '30', 'accepted', { exp: seconds - 29 }],
  ['expired 30 seconds ago', '30', 'rejected', { exp: seconds - 30 }],
  ['becomes valid in 30 seconds', '30', 'accepted', { nbf: seconds + 30 }],
  ['becomes valid in 31 seconds', '30', 'rejected', { nbf: seconds + 31 }],
  ['expired 4 seconds ago', '5 by default', 'accepted', { exp: seconds - 4 }],
  ['expired 5 seconds ago', '5 by default', 'rejected', { exp: seconds - 5 }],
])('a token that %s (clock tolerance %s) is %s', async (_, tolerance, expected, claims) => {
  const set = /^\d+$/.test(tolerance) && { REKEY_JWT_CLOCK_TOLERANCE_SECONDS: tolerance }
  const { api } = await startServer({ now: () => now, environment: { ...set } })
  const answer = await api('GET', '/applications', { token: hs256({ ...fullClaims(now), ...claims }) })
  if (expected === 'accepted') expect(answer.status).toBe(200)
  else expectInvalidToken(answer)
})

test('accepts a token one millisecond before its expiry and rejects it at its expiry', async () => {
  let time = now
  const { api } = await startServer({
    now: () => time,
    environment: { REKEY_JWT_CLOCK_TOLERANCE_SECONDS: '0' },
  })
  const token = hs256({ ...fullClaims(now), exp: seconds + 60 })
  time = (seconds + 60) * 1000 - 1
  expect(await api('GET', '/applications', { token })).toMatchObject({ status: 200 })
  time += 1
  expectInvalidToken(await api('GET', '/applications', { token }))
})

const issuer = 'https://issuer.example/'
const audience = 'rekey'
const both = { REKEY_JWT_ISSUER: issuer, REKEY_JWT_AUDIENCE: audience }

test.each([
  ['audience', { iss: issuer, aud: audience }],
  ['a list of audiences that includes the configured audience', { iss: issuer, aud: ['billing', audience] }],
])('accepts a token with the configured issuer and %s', async (_, claims) => {
  expect(await answerTo(claims, both)).toMatchObject({ status: 200 })
})

test.each([
  ['without an issuer', { aud: audience }],
  ['from another issuer', { iss: 'https://other.example/', aud: audience }],
  ['from an issuer that differs by a slash', { iss: 'https://issuer.example', aud: audience }],
  ['with a list of issuers', { iss: [issuer], aud: audience }],
  ['without an audience', { iss: issuer }],
  ['for another audience', { iss: issuer, aud: 'billing' }],
  ['for an audience that merely starts with the configured one', { iss: issuer, aud: 'rekey.example' }],
  ['for a list of other audiences', { iss: issuer, aud: ['billing', 'rekey2'] }],
  ['with an empty list of audiences', { iss: issuer, aud: [] }],
])('rejects a token %s', async (_, claims) => {
  expectInvalidToken(await answerTo(claims, both))
})

test.each([
  ['issuer', { REKEY_JWT_ISSUER: issuer }, { iss: issuer }, { iss: 'other', aud: audience }],
  ['audience', { REKEY_JWT_AUDIENCE: audience }, { aud: audience }, { iss: issuer, aud: 'other' }],
])('checks only the %s if no other claim is configured', async (_, environment, good, bad) => {
  expect(await answerTo(good, environment)).toMatchObject({ status: 200 })
  expectInvalidToken(await answerTo(bad, environment))
})

test('accepts any issuer and audience if neither is configured', async () => {
  expect(await answerTo({ iss: 'anyone', aud: 'anything' })).toMatchObject({ status: 200 })
})
