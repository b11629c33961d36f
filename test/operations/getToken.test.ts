import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { invite } from '../support/invitations.ts'
import { expectDocumented, expectInvalidToken, expectNoToken } from '../support/refusals.ts'
import { provision, startServer, temporaryFolder } from '../support/server.ts'
import { hs256 } from '../support/signers.ts'

const exp = Math.floor(Date.now() / 1_000) + 600

async function describe(claims: object, environment: Environment = {}) {
  const { api } = await startServer({ environment })
  const { status, body } = await api('GET', '/token', { token: hs256({ exp, ...claims }) })
  expect(status).toBe(200)
  return body
}

test('any valid token may read its own subject, expiration time and rights', async () => {
  const expiresAt = new Date(exp * 1_000).toISOString()
  expect(await describe({})).toEqual({ subject: null, expiresAt, rights: [] })
  expect(
    await describe({ sub: 'ops', scope: 'webhooks:read openid secrets:rotate', applications: '*' }),
  ).toEqual({
    subject: 'ops',
    expiresAt,
    rights: [{ scopes: ['secrets:rotate', 'webhooks:read'], applications: ['*'] }],
  })
  expect(
    await describe({ scope: ['events:read'], applications: ['app_2', 'app_10', 'app_2'] }),
  ).toMatchObject({
    rights: [{ scopes: ['events:read'], applications: ['app_10', 'app_2'] }],
  })
  expect(await describe({ scope: 'events:read' })).toMatchObject({
    rights: [{ scopes: ['events:read'], applications: [] }],
  })
})

test('the subject is the name that the audit trail shows', async () => {
  const environment = { REKEY_JWT_SUBJECT_CLAIM: 'email' }
  expect(await describe({ sub: '7', email: 'ada@example.com' }, environment)).toMatchObject({
    subject: 'ada@example.com (7)',
  })
})

test('expiresAt is in whole milliseconds, and null after the year 9999', async () => {
  expect(await describe({ exp: exp + 0.25 })).toMatchObject({
    expiresAt: new Date(exp * 1_000 + 250).toISOString(),
  })
  const last = Date.parse('9999-12-31T23:59:59Z') / 1_000
  expect(await describe({ exp: last })).toMatchObject({ expiresAt: '9999-12-31T23:59:59.000Z' })
  expect(await describe({ exp: last + 1 })).toMatchObject({ expiresAt: null })
})

test('each scope has the applications of the grants and claims that contain this scope', async () => {
  const file = join(temporaryFolder(), 'grants.json')
  writeFileSync(
    file,
    JSON.stringify([
      { claims: { sub: 'ci-*' }, scope: 'messages:sign webhooks:read', applications: ['app_1'] },
      { claims: { sub: 'ci-main' }, scope: 'webhooks:read', applications: ['app_2'] },
      { claims: { sub: 'ci-main', team: 'ops' }, scope: 'secrets:read', applications: ['*'] },
    ]),
  )
  const environment = { REKEY_GRANTS_FILE: file }
  const sign = { scopes: ['messages:sign'], applications: ['app_1'] }
  const read = { scopes: ['webhooks:read'], applications: ['app_1', 'app_2'] }
  const own = { scope: 'webhooks:write', applications: '*' }
  expect((await describe({ sub: 'ci-main', ...own }, environment)).rights).toEqual([sign, read])
  expect((await describe({ sub: 'ci-main', team: 'ops' }, environment)).rights).toEqual([
    sign,
    { scopes: ['secrets:read'], applications: ['*'] },
    read,
  ])
  expect((await describe({ sub: 'ci-other' }, environment)).rights).toEqual([
    { scopes: ['messages:sign', 'webhooks:read'], applications: ['app_1'] },
  ])
  expect((await describe({ sub: 'other' }, environment)).rights).toEqual([])
  const several = {
    ...environment,
    REKEY_JWT_SCOPE_CLAIM: 'scope,roles',
    REKEY_JWT_APPLICATIONS_CLAIM: 'tenant.apps,applications',
  }
  const claims = {
    sub: 'ci-other',
    roles: ['events:read'],
    scope: 'webhooks:read',
    tenant: { apps: ['app_3'] },
  }
  expect((await describe(claims, several)).rights).toEqual([
    { scopes: ['events:read'], applications: ['app_3'] },
    sign,
    { scopes: ['webhooks:read'], applications: ['app_1', 'app_3'] },
  ])
})

test('refuses a missing, expired or forged token, the token of an invitation, and an unsupported precondition', async () => {
  const server = await startServer({ environment: { REKEY_PUBLIC_URL: 'https://rekey.example' } })
  const { api } = server
  expectNoToken(await api('GET', '/token', { token: null }))
  expectInvalidToken(await api('GET', '/token', { token: hs256({ exp: 1 }) }))
  expectInvalidToken(await api('GET', '/token', { token: `${hs256({ exp }).slice(0, -3)}AAA` }))
  const { token } = await invite(server, await provision(server))
  expectDocumented(await api('GET', '/token', { token }), 403)
  const precondition = { token: hs256({ exp }), headers: { 'if-match': '"a"' } }
  expect((await api('GET', '/token', precondition)).status).toBe(400)
})
