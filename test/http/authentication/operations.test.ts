import { describe, expect, test } from 'vitest'
import { documentedOperations, requiresScope } from '../../support/document.ts'
import { pass, startJwksServer } from '../../support/jwks-server.ts'
import {
  expectDocumented,
  expectInvalidToken,
  expectMissingScopes,
  expectNoToken,
  expectOtherApplication,
} from '../../support/refusals.ts'
import { provision, startServer } from '../../support/server.ts'
import { createSigner, fullClaims, hs256, signedBy } from '../../support/signers.ts'

const operations = documentedOperations
  // Tests of invitations and of getToken cover the operations that require no scope.
  .filter(requiresScope)
  .map(({ operationId = '', method, path, security = [] }) => ({
    operationId,
    method,
    path,
    scopes: security.flatMap(({ bearerAuth = [] }) => bearerAuth),
  }))
const everyScope = [...new Set(operations.flatMap(({ scopes }) => scopes))]

const tokenFor = (claims: object) => hs256({ ...fullClaims(), ...claims })

describe.each(operations)('$operationId', ({ method, path, scopes }) => {
  test('has a required scope in the OpenAPI document', () => {
    expect(scopes).not.toEqual([])
  })

  test('returns 401 without a token or with an expired token', async () => {
    const { api } = await startServer()
    expectNoToken(await api(method, path, { token: null }))
    expectInvalidToken(await api(method, path, { token: tokenFor({ exp: 1 }) }))
  })

  test('returns 403 without the documented scope, and requires no other scope', async () => {
    const { api } = await startServer()
    const others = everyScope.filter((scope) => !scopes.includes(scope))
    expectMissingScopes(await api(method, path, { token: tokenFor({ scope: others }) }), ...scopes)
    const { status } = await api(method, path, { token: tokenFor({ scope: scopes }) })
    expect(status).toBeLessThan(500)
    expect([401, 403]).not.toContain(status)
  })
})

test.each(operations.filter(({ path }) => path.includes('app_1')))(
  '$operationId returns 403 for an application missing from the token, whether or not the application exists',
  async ({ method, path }) => {
    const server = await startServer()
    const token = tokenFor({ scope: everyScope, applications: ['app_2'] })
    expectOtherApplication(await server.api(method, path, { token }), 'the application app_1')
    await provision(server)
    expectOtherApplication(await server.api(method, path, { token }), 'the application app_1')
  },
)

describe('errors take precedence in the order 401, 403, 400, 404', () => {
  const faults = {
    malformed: '{"overlapSeconds":',
    invalid: '{"overlapSeconds":-1}',
    large: `"${'x'.repeat(70_000)}"`,
  }
  const bodies = Object.entries(faults)
  const path = '/applications/app_1/webhooks/missing/secret'

  async function rotations() {
    const { origin } = await startServer()
    return async (token: string | null, body: string, at = path) => {
      const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
      const response = await fetch(`${origin}/api/v1${at}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', ...authorization },
        body,
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, body: undefined }
    }
  }

  test.each(bodies)('an unauthorized request with the %s body returns 401 or 403', async (_, body) => {
    const rotate = await rotations()
    expectNoToken(await rotate(null, body))
    expectInvalidToken(await rotate('wrong', body))
    expectMissingScopes(await rotate(tokenFor({ scope: 'secrets:read' }), body), 'secrets:rotate')
    expectOtherApplication(await rotate(tokenFor({ applications: ['app_2'] }), body), 'the application app_1')
  })

  test.each(bodies)('for a missing webhook, the %s body returns 400 or 413, not 404', async (name, body) => {
    const rotate = await rotations()
    expect(await rotate(tokenFor({}), body)).toMatchObject({ status: name === 'large' ? 413 : 400 })
  })

  test('a valid request for a missing webhook returns 404', async () => {
    const rotate = await rotations()
    expectDocumented(await rotate(tokenFor({}), '{}'), 404)
  })

  test.each(['a%20b', '%zz', 'app_1%2F..', '%2A', '%00', 'x'.repeat(65)])(
    'the invalid application ID "%s" returns 400 with a token for all applications, otherwise 401 or 403',
    async (id) => {
      const rotate = await rotations()
      const at = `/applications/${id}/webhooks/hook_1/secret`
      expectNoToken(await rotate(null, '{}', at))
      const stranger = await rotate(tokenFor({ applications: ['app_1'] }), '{}', at)
      expectOtherApplication(stranger, 'this application')
      expect(await rotate(tokenFor({}), '{}', at)).toMatchObject({ status: 400 })
    },
  )
})

test("decodes a percent-encoded application ID before comparing it with the token's applications", async () => {
  const { api } = await startServer()
  const token = tokenFor({ applications: ['app_1'] })
  expectDocumented(await api('GET', '/applications/%61pp%5F1', { token }), 404)
  expectOtherApplication(await api('GET', '/applications/%61pp%5F2', { token }), 'the application app_2')
})

test('lists only the applications that the token grants access to', async () => {
  const server = await startServer()
  await provision(server, 'app_1')
  await provision(server, 'app_2')
  const listed = async (applications: unknown) => {
    const { text } = await server.api('GET', '/applications', { token: tokenFor({ applications }) })
    return ['app_1', 'app_2'].filter((id) => text.includes(`"${id}"`))
  }
  expect(await listed('*')).toEqual(['app_1', 'app_2'])
  expect(await listed(['*'])).toEqual(['app_1', 'app_2'])
  expect(await listed(['app_2', 'app_3'])).toEqual(['app_2'])
  expect(await listed('app_2')).toEqual(['app_2'])
  for (const nothing of [undefined, [], '']) expect(await listed(nothing)).toEqual([])
})

test('an internal error during token verification returns 500, never 401', async () => {
  let hasClock = true
  const { api } = await startServer({
    now: () => {
      if (!hasClock) throw new Error('no clock')
      return Date.now()
    },
  })
  hasClock = false
  expect(await api('GET', '/applications')).toMatchObject({ status: 500 })
})

test('never logs any part of an accepted or rejected token', async () => {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer(signer)
  const environment = { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url, REKEY_JWT_AUDIENCE: 'rekey' }
  const server = await startServer({ environment })
  const claims = { ...fullClaims(), aud: 'rekey' }
  const tokens = [
    await signedBy(signer, claims),
    await signedBy(signer, { ...claims, scope: 'other' }),
    await signedBy(signer, { ...claims, aud: 'other' }),
    await signedBy(signer, { ...claims, exp: 1 }),
    await signedBy(createSigner('ES256'), claims),
    await signedBy(signer, claims, { kid: 'unknown' }),
    hs256(claims),
  ]
  const send = async (token: string) => {
    const path = `/applications/${token}/webhooks?access_token=${token}`
    return (await server.api('GET', path, { token, headers: { 'x-request-id': token } })).status
  }

  await issuer.goDown()
  const statuses = [await send(tokens[0] ?? '')]
  await issuer.comeBack()
  pass(1_000)
  for (const token of tokens) statuses.push(await send(token))
  await server.close()

  expect(statuses).toEqual([502, 400, 403, 401, 401, 401, 401, 401])
  expect(server.logs.filter(({ msg }) => msg === 'request')).toHaveLength(statuses.length)
  const logged = JSON.stringify(server.logs)
  const parts = tokens.flatMap((token) => token.split('.'))
  expect(parts.filter((part) => logged.includes(part))).toEqual([])
})
