import { expect, test } from 'vitest'
import type { Environment } from '../../../src/config/config.ts'
import { readConfig } from '../../../src/config/read-config.ts'
import { createAuthenticate } from '../../../src/http/authentication/authenticate.ts'
import type { Rights } from '../../../src/http/authentication/rights.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { expectDocumented } from '../../support/refusals.ts'
import { startServer, type TestResponse } from '../../support/server.ts'
import { fullClaims, hs256 } from '../../support/signers.ts'

/** Requests a rotation for a missing webhook with these claims. The response is 404 if the claims grant access. */
async function rotationBy(claims: object, environment: Environment = {}): Promise<TestResponse> {
  const { api } = await startServer({ environment })
  const token = hs256({ ...fullClaims(), scope: undefined, applications: undefined, ...claims })
  return api('PATCH', '/applications/app_1/webhooks/hook_1/secret', { token })
}

test.each([
  ['a scope string', { scope: 'secrets:rotate', applications: '*' }],
  ['a scope string with other scopes', { scope: 'openid  secrets:rotate x', applications: '*' }],
  ['a scope array', { scope: ['openid', 'secrets:rotate'], applications: '*' }],
  ['a scope array with non-string items', { scope: [null, 7, 'secrets:rotate'], applications: '*' }],
  ['the property names of an object', { scope: { 'secrets:rotate': true }, applications: { app_1: {} } }],
  ['an application string', { scope: 'secrets:rotate', applications: 'app_0 app_1' }],
  ['an application list with *', { scope: 'secrets:rotate', applications: ['*'] }],
  ['an application list', { scope: 'secrets:rotate', applications: ['app_0', 'app_1'] }],
  ['an application list with non-strings', { scope: 'secrets:rotate', applications: [null, {}, 'app_1'] }],
])('grants the permissions listed in %s', async (_, claims) => {
  expectDocumented(await rotationBy(claims), 404)
})

test.each([
  undefined,
  null,
  true,
  7,
  '',
  '*',
  'secrets',
  'secrets:',
  'secrets:*',
  'secrets:rotate2',
  'Secrets:Rotate',
  'secrets:rotate,secrets:read',
  'secrets:rotate\tsecrets:read',
  { 'secrets:rotate': 1 },
  { 0: 'secrets:rotate', length: 1 },
  [],
  [['secrets:rotate']],
  ['secrets:rotate secrets:read'],
])('the scope claim %j does not grant secrets:rotate', async (scope) => {
  expectDocumented(await rotationBy({ scope, applications: '*' }), 403)
})

test.each([
  undefined,
  null,
  true,
  7,
  '',
  '**',
  'app_1,app_2',
  'app_10',
  { app_1: 'true' },
  { 0: 'app_1', length: 1 },
  [],
  ['app_1 app_2'],
  ['app'],
  ['app_11'],
  ['APP_1'],
  [['app_1']],
])('the applications claim %j does not grant access to app_1', async (applications) => {
  expectDocumented(await rotationBy({ scope: 'secrets:rotate', applications }), 403)
})

const names = { REKEY_JWT_SCOPE_CLAIM: 'scp', REKEY_JWT_APPLICATIONS_CLAIM: 'https://platform.example/apps' }

test('reads scopes and applications from the configured claims', async () => {
  const claims = { scp: ['secrets:rotate'], 'https://platform.example/apps': ['app_1'] }
  expectDocumented(await rotationBy(claims, names), 404)
})

test.each([
  ['scope', { scope: 'secrets:rotate', 'https://platform.example/apps': '*' }],
  ['applications', { scp: 'secrets:rotate', applications: '*' }],
])('ignores the default claim "%s" if another claim is configured', async (_, claims) => {
  expectDocumented(await rotationBy(claims, names), 403)
})

test.each(['constructor', 'toString', '__proto__'])(
  'a scope claim configured as "%s" grants nothing if the token lacks that claim',
  async (name) => {
    expectDocumented(await rotationBy({ applications: '*' }, { REKEY_JWT_SCOPE_CLAIM: name }), 403)
  },
)

/** Returns the rights that a token with these claims has. */
async function rightsOf(claims: object, environment: Environment): Promise<Rights> {
  const { jwt } = readConfig({ ...exampleEnvironment, ...environment })
  const token = hs256({ exp: fullClaims().exp, ...claims })
  return (await createAuthenticate(jwt, Date.now)(`Bearer ${token}`)).rights
}

/** Whether a token with these claims grants messages:sign if REKEY_JWT_SCOPE_CLAIM is set to `path`. */
async function signs(path: string, claims: object): Promise<boolean> {
  const environment = { REKEY_JWT_SCOPE_CLAIM: path }
  return (await rightsOf({ applications: '*', ...claims }, environment)).has('messages:sign')
}

const scopes = ['messages:sign']

test.each<[path: string, object]>([
  ['realm_access.roles', { realm_access: { roles: scopes } }],
  ['realm_access.roles', { 'realm_access.roles': scopes }],
  ['kubernetes.io.namespace', { 'kubernetes.io': { namespace: scopes } }],
  ['kubernetes.io.namespace', { kubernetes: { 'io.namespace': scopes } }],
  ['kubernetes.io.namespace', { kubernetes: { io: { namespace: scopes } } }],
  ['https://rekey.example/scopes', { 'https://rekey.example/scopes': scopes }],
  ['a.b', { a: { b: scopes }, 'a.b': scopes }],
  ['a.constructor', { a: {}, 'a.constructor': scopes }],
  ['__proto__.toString', { '__proto__.toString': scopes }],
  ['scp, roles', { roles: scopes }],
  ['scp,roles', { scp: 'messages:verify', roles: scopes }],
  ['a.__proto__', { a: JSON.parse('{"__proto__":["messages:sign"]}') as object }],
])('with the scope claim %s, the claims %j grant messages:sign', async (path, claims) => {
  expect(await signs(path, claims)).toBe(true)
})

test.each<[path: string, object]>([
  ['realm_access.roles', { realm_access: scopes, roles: scopes }],
  ['realm_access.roles', { realm_access: [{ roles: scopes }] }],
  ['realm_access.roles', { realm_access: { roles: { nested: scopes } } }],
  ['realm_access.roles', { realm_access: { 'roles ': scopes } }],
  ['a.b', { a: { b: scopes }, 'a.b': ['messages:verify'] }],
  ['a.b', { a: { b: scopes }, 'a.b': null }],
  ['a.b.c', { 'a.b': { c: scopes }, a: { 'b.c': [...scopes, 'messages:verify'] } }],
  ['scope.constructor.name', { scope: {} }],
  ['scope.length', { scope: 'messages:sign' }],
  ['scope.0', { scope: scopes }],
  ['.', { '': { '': 'messages:verify' } }],
])('with the scope claim %s, the claims %j do not grant messages:sign', async (path, claims) => {
  expect(await signs(path, claims)).toBe(false)
})

test('combines the applications of several claims', async () => {
  const environment = { REKEY_JWT_APPLICATIONS_CLAIM: 'apps, groups.rekey' }
  const rights = (apps: unknown, rekey: unknown) =>
    rightsOf({ scope: 'messages:sign', apps, groups: { rekey } }, environment)
  expect((await rights('app_1 app_2', ['app_2', 'app_3'])).get('messages:sign')).toEqual([
    'app_1',
    'app_2',
    'app_3',
  ])
  expect((await rights({ app_1: {}, app_2: false, app_3: 'yes' }, [])).get('messages:sign')).toEqual([
    'app_1',
  ])
  expect((await rights('app_1', { '*': true })).get('messages:sign')).toBe('*')
})

test('removes the scope prefix, and ignores scopes without it', async () => {
  const environment = { REKEY_JWT_SCOPE_PREFIX: 'rekey/' }
  const rights = await rightsOf(
    {
      scope: 'rekey/messages:sign messages:verify rekey/rekey/secrets:read Rekey/events:read',
      applications: '*',
    },
    environment,
  )
  expect(rights).toEqual(new Map([['messages:sign', '*']]))
})

test('ignores scopes that no operation requires', async () => {
  const scope = ['openid', 'messages:sign', ...Array.from({ length: 500 }, (_, group) => `group-${group}`)]
  expect(await rightsOf({ scope, applications: '*' }, {})).toEqual(new Map([['messages:sign', '*']]))
})
