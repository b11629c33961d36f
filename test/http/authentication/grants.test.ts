import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Environment } from '../../../src/config/config.ts'
import { expectDocumented, expectMissingScopes, expectOtherApplication } from '../../support/refusals.ts'
import { provision, startServer, temporaryFolder, type TestServer } from '../../support/server.ts'
import { fullClaims, hs256 } from '../../support/signers.ts'

interface GrantInFile {
  claims: Record<string, string>
  scope: string
  applications: string[]
}

/** Starts a server with these grants and the applications app_1, app_2 and app_3. */
async function startWith(grants: GrantInFile[], environment: Environment = {}): Promise<TestServer> {
  const file = join(temporaryFolder(), 'grants.json')
  writeFileSync(file, JSON.stringify(grants))
  const setup = await startServer()
  for (const id of ['app_1', 'app_2', 'app_3']) await provision(setup, id)
  return startServer({ beside: setup, environment: { REKEY_GRANTS_FILE: file, ...environment } })
}

const { exp } = fullClaims()

/** Reads the application's webhook, which requires webhooks:read. */
function readWebhook({ api }: TestServer, claims: object, application = 'app_1') {
  return api('GET', `/applications/${application}/webhooks/hook_1`, { token: hs256({ exp, ...claims }) })
}

async function listed({ api }: TestServer, claims: object): Promise<string[]> {
  const { text } = await api('GET', '/applications', { token: hs256({ exp, ...claims }) })
  return ['app_1', 'app_2', 'app_3'].filter((id) => text.includes(`"${id}"`))
}

const pairs = [
  { claims: { sub: 'pair' }, scope: 'webhooks:read', applications: ['app_1'] },
  { claims: { sub: 'pair' }, scope: 'applications:read events:read', applications: ['app_2', 'app_3'] },
]

test('a right is a pair: the scope of one grant never combines with the applications of another', async () => {
  const server = await startWith(pairs)
  const read = (application: string) => readWebhook(server, { sub: 'pair' }, application)
  expect(await read('app_1')).toMatchObject({ status: 200 })
  expectOtherApplication(await read('app_2'), 'the application app_2 with the scope webhooks:read')
  expectOtherApplication(await read('app_4'), 'the application app_4')
  const token = hs256({ exp, sub: 'pair' })
  expectMissingScopes(
    await server.api('POST', '/applications/app_1/webhooks/hook_1/signatures', { token }),
    'messages:sign',
  )
})

test('the list of applications contains those of every grant with applications:read, and of no other grant', async () => {
  const server = await startWith([
    ...pairs,
    { claims: { sub: 'both' }, scope: 'applications:read', applications: ['app_1'] },
    { claims: { sub: 'b*' }, scope: 'applications:read', applications: ['app_1', 'app_3'] },
    { claims: { sub: '*' }, scope: 'webhooks:read', applications: ['*'] },
    { claims: { sub: 'all' }, scope: 'applications:read', applications: ['app_2'] },
    { claims: { sub: 'al*' }, scope: 'applications:read', applications: ['app_2', '*'] },
  ])
  expect(await listed(server, { sub: 'pair' })).toEqual(['app_2', 'app_3'])
  expect(await listed(server, { sub: 'both' })).toEqual(['app_1', 'app_3'])
  expect(await listed(server, { sub: 'all' })).toEqual(['app_1', 'app_2', 'app_3'])
  expect(await listed(server, { sub: 'none' })).toEqual([])
})

const grantTo = (claims: Record<string, string>): GrantInFile[] => [
  { claims, scope: 'webhooks:read', applications: ['*'] },
]

test.each<[granted: Record<string, string>, claims: object]>([
  [{ sub: 'a' }, { sub: 'a' }],
  [{ sub: 'system:serviceaccount:*:sender' }, { sub: 'system:serviceaccount:prod:sender' }],
  [
    { repository_id: '74', environment: 'prod*' },
    { repository_id: '74', environment: 'production' },
  ],
  [{ 'kubernetes.io.namespace': 'prod' }, { 'kubernetes.io': { namespace: 'prod', pod: {} } }],
  [{ aud: 'rekey' }, { aud: ['other', 'rekey'] }],
  [{ 'urn:roles': 'sender' }, { 'urn:roles': { sender: { org: 'example' } } }],
  [{ client_id: '*' }, { client_id: '' }],
])('a grant to %j applies to the claims %j', async (granted, claims) => {
  expect(await readWebhook(await startWith(grantTo(granted)), claims)).toMatchObject({ status: 200 })
})

test.each<[granted: Record<string, string>, claims: object]>([
  [{ sub: 'a' }, {}],
  [{ sub: 'a' }, { sub: 'ab' }],
  [{ sub: 'a' }, { sub: 'A' }],
  [{ sub: 'a b' }, { sub: 'a' }],
  [{ groups: 'a' }, { groups: 'a b' }],
  [{ groups: 'a' }, { groups: ['a b', ['a'], 7] }],
  [{ repository_id: '74', environment: 'prod' }, { repository_id: '74' }],
  [{ repository_id: '74' }, { repository_id: 74 }],
  [{ 'a.b': '*' }, { a: { b: 'x' }, 'a.b': 'y' }],
  [{ 'sub.length': '*' }, { sub: 'a' }],
  [{ toString: '*' }, {}],
])('a grant to %j does not apply to the claims %j', async (granted, claims) => {
  expectMissingScopes(await readWebhook(await startWith(grantTo(granted)), claims), 'webhooks:read')
})

const own = { scope: 'webhooks:read', applications: '*' }

test("with a grants file, a token's own scopes and applications count only if the variables for both claims are set", async () => {
  const read = async (environment: Environment) =>
    readWebhook(await startWith(grantTo({ sub: 'a' }), environment), own)
  expectDocumented(await read({}), 403)
  expectDocumented(await read({ REKEY_JWT_SCOPE_CLAIM: 'scope' }), 403)
  expectDocumented(await read({ REKEY_JWT_APPLICATIONS_CLAIM: 'applications' }), 403)
  const both = { REKEY_JWT_SCOPE_CLAIM: 'scope', REKEY_JWT_APPLICATIONS_CLAIM: 'applications' }
  expect(await read(both)).toMatchObject({ status: 200 })
})

test("a token's own scope never combines with a grant's applications", async () => {
  const server = await startWith([{ claims: { sub: 'a' }, scope: 'events:read', applications: ['app_2'] }], {
    REKEY_JWT_SCOPE_CLAIM: 'scope',
    REKEY_JWT_APPLICATIONS_CLAIM: 'applications',
  })
  const claims = { sub: 'a', scope: 'webhooks:read', applications: ['app_1'] }
  expect(await readWebhook(server, claims, 'app_1')).toMatchObject({ status: 200 })
  expectDocumented(await readWebhook(server, claims, 'app_2'), 403)
})
