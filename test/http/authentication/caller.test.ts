import { expect, test } from 'vitest'
import type { Environment } from '../../../src/config/config.ts'
import { readConfig } from '../../../src/config/read-config.ts'
import { createAuthenticate } from '../../../src/http/authentication/authenticate.ts'
import { authorize } from '../../../src/http/authentication/authorize.ts'
import type { AuthenticatedCaller } from '../../../src/http/authentication/caller.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { hs256 } from '../../support/signers.ts'

const now = Date.parse('2026-05-01T12:00:00Z')
const exp = now / 1000 + 60

function callerOf(claims: object, environment: Environment = {}): Promise<AuthenticatedCaller> {
  return createAuthenticate(
    readConfig({ ...exampleEnvironment, ...environment }).jwt,
    () => now,
  )(`Bearer ${hs256({ exp, ...claims })}`)
}

test("a caller's identity is the token's issuer and subject, or the token's hash if there is no subject", async () => {
  expect(await callerOf({ sub: 'ops', iss: 'https://id.example' })).toMatchObject({
    subject: 'ops',
    identity: '["https://id.example","ops"]',
  })
  expect(await callerOf({})).toMatchObject({
    subject: null,
    identity: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})

test('REKEY_JWT_SUBJECT_CLAIM=iss names callers of different issuers differently, although their sub is the same', async () => {
  const environment = { REKEY_JWT_SUBJECT_CLAIM: 'iss' }
  for (const iss of ['https://one.example', 'https://other.example'])
    expect((await callerOf({ sub: 'ops', iss }, environment)).subject).toBe(`${iss} (ops)`)
})

test('scope and application values that are not strings grant nothing', async () => {
  const mixed = await callerOf({ scope: ['secrets:read', 1, null], applications: [1, 'app_1', ['app_2']] })
  expect(mixed.rights).toEqual(new Map([['secrets:read', ['app_1']]]))
  for (const claim of [undefined, null, 1, {}, { 0: 'app_1' }]) {
    expect((await callerOf({ scope: claim, applications: '*' })).rights).toEqual(new Map())
    const nowhere = await callerOf({ scope: 'secrets:read', applications: claim })
    expect(nowhere.rights).toEqual(new Map([['secrets:read', []]]))
  }
})

test("ignores a token's application IDs that the database cannot store, and keeps the rest", async () => {
  const applications = ['app_1', 'x\0', 'app_2\0', '\ud800', 'app_3']
  const { rights } = await callerOf({ scope: 'secrets:read', applications })
  expect(rights.get('secrets:read')).toEqual(['app_1', 'app_3'])
})

test('the error for several missing scopes names all of them', async () => {
  const caller = await callerOf({ scope: 'secrets:read', applications: '*' })
  const run = () => {
    authorize(caller, ['secrets:rotate', 'secrets:read', 'messages:sign'], 'app_1')
  }
  expect(run).toThrow(
    expect.objectContaining({
      kind: 'forbidden',
      refused: 'The token lacks the scopes secrets:rotate messages:sign',
      headers: {
        'www-authenticate':
          'Bearer realm="rekey", error="insufficient_scope", ' +
          'error_description="The token lacks the scopes secrets:rotate messages:sign", ' +
          'scope="secrets:rotate messages:sign"',
      },
    }),
  )
})

test.each<[claim: string, claims: object, subject: string | null]>([
  ['email', { sub: '7', email: 'ops@platform.example' }, 'ops@platform.example (7)'],
  ['profile.name', { sub: '7', profile: { name: 'Olga Ops' } }, 'Olga Ops (7)'],
  ['email', { sub: '7', email: 'admin (1)' }, 'admin (1) (7)'],
  ['iss', { sub: '7', iss: 'https://id.example' }, 'https://id.example (7)'],
  ['email', { sub: '7' }, '7'],
  ['email', { sub: '7', email: '' }, '7'],
  ['email', { sub: '7', email: ['ops@platform.example'] }, '7'],
  ['email', { sub: '7', email: 'ops\nadmin' }, '7'],
  ['email', { sub: '7', email: 'ops\u202e' }, '7'],
  ['email', { sub: '7', email: 'ops\ud800' }, '7'],
  ['email', { sub: '7', email: 'o'.repeat(257) }, '7'],
  ['email', { email: 'ops@platform.example' }, null],
])('with the subject claim %s, the claims %j name the caller %j', async (claim, claims, subject) => {
  expect((await callerOf(claims, { REKEY_JWT_SUBJECT_CLAIM: claim })).subject).toBe(subject)
})

test("the configured subject claim does not affect the caller's identity", async () => {
  const environment = { REKEY_JWT_SUBJECT_CLAIM: 'email' }
  const identity = async (claims: object) => (await callerOf({ iss: 'i', ...claims }, environment)).identity
  expect(await identity({ sub: '7', email: 'new@platform.example' })).toBe('["i","7"]')
  expect(await identity({ sub: '8', email: 'new@platform.example' })).toBe('["i","8"]')
})
