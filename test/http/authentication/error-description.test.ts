import { describe, expect, test } from 'vitest'
import { startJwksServer } from '../../support/jwks-server.ts'
import { documentedOperations, requiresScope } from '../../support/document.ts'
import { expectInvalidToken, expectMissingScopes, expectOtherApplication } from '../../support/refusals.ts'
import { requestLines } from '../../support/request-lines.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { compact, createSigner, fullClaims, hmac, hs256, signedBy } from '../../support/signers.ts'

const environment = { REKEY_JWT_ISSUER: 'https://id.example', REKEY_JWT_AUDIENCE: 'rekey' }
const claims = { ...fullClaims(), iss: 'https://id.example', aud: 'rekey' }

async function lastRefusal(server: TestServer): Promise<unknown> {
  return (await requestLines(server)).at(-1)?.['refused']
}

describe('a 401 states in error_description and in the log why the token is invalid', () => {
  test.each([
    ['The token has expired', hs256({ ...claims, exp: 1 })],
    ['The token is not valid yet (nbf)', hs256({ ...claims, nbf: 4_000_000_000 })],
    ["Wrong audience: the token's aud does not match REKEY_JWT_AUDIENCE", hs256({ ...claims, aud: 'other' })],
    ["Wrong issuer: the token's iss does not match REKEY_JWT_ISSUER", hs256({ ...claims, iss: 'other' })],
    ['The token lacks the claim exp', hs256({ ...claims, exp: undefined })],
    ['The token lacks the claim aud', hs256({ ...claims, aud: undefined })],
    ['The token lacks the claim iss', hs256({ ...claims, iss: undefined })],
    ["The token's claim exp is not valid", hs256({ ...claims, exp: 'soon' })],
    ["The token's claim sub is not valid", hs256({ ...claims, sub: 'a\0' })],
    ["The token's signature is invalid", compact({ alg: 'HS256' }, claims, (text) => hmac(text, 'another'))],
    ["The token's algorithm is not allowed", hs256(claims, { alg: 'HS512' })],
    [
      'The token uses a JWS feature that is not supported',
      hs256(claims, { alg: 'HS256', crit: ['x'], x: 1 }),
    ],
    ['The token is not a well-formed JWT', 'token'],
    ['The token is not a well-formed JWT', '"token"'],
    ['The token is not a well-formed JWT', hs256('text')],
    ['The token is longer than 16384 bytes', 'x'.repeat(16_385)],
  ])('states the reason "%s"', async (description, token) => {
    const server = await startServer({ environment })
    expectInvalidToken(await server.api('GET', '/applications', { token }), description)
    expect(await lastRefusal(server)).toBe(description)
  })

  test('states that no issuer key matches the kid and alg of the token', async () => {
    const issuer = await startJwksServer(createSigner('ES256', 'known'))
    const server = await startServer({ environment: { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url } })
    expectInvalidToken(
      await server.api('GET', '/applications', { token: await signedBy(createSigner('ES256', 'unknown')) }),
      'The token is signed with an unknown key: no issuer key matches its kid and alg',
    )
  })
})

test.each(documentedOperations.filter(requiresScope))(
  'a 403 from $operationId names the missing scope',
  async (operation) => {
    const scopes = (operation.security ?? []).flatMap(({ bearerAuth = [] }) => bearerAuth)
    const server = await startServer()
    const token = hs256({ ...fullClaims(), scope: 'other' })
    expectMissingScopes(await server.api(operation.method, operation.path, { token }), ...scopes)
    expect(await lastRefusal(server)).toBe(`The token lacks the scope ${scopes.join(' ')}`)
  },
)

test.each([
  ['app_1', 'the application app_1'],
  ['whsec_1', 'this application'],
  ['a%22b', 'this application'],
  ['a%5Cb', 'this application'],
  ['a%0D%0Ab', 'this application'],
  ['%C3%A4', 'this application'],
  ['x'.repeat(64), `the application ${'x'.repeat(64)}`],
  ['x'.repeat(65), 'this application'],
])('a 403 for the application ID %s and its log line say "%s"', async (id, named) => {
  const server = await startServer()
  const token = hs256({ ...fullClaims(), applications: ['app_of_the_token'] })
  expectOtherApplication(await server.api('GET', `/applications/${id}`, { token }), named)
  expect(await lastRefusal(server)).toBe(`The token does not grant access to ${named}`)
})
