import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Environment, JwtConfig } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { exampleEnvironment } from '../support/environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'rekey-grants-'))
const file = join(folder, 'grants.json')
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const grant = { claims: { sub: 'sender' }, scope: 'messages:sign', applications: ['*'] }

function readGrants(grants: unknown, environment: Environment = {}): JwtConfig {
  writeFileSync(file, typeof grants === 'string' ? grants : JSON.stringify(grants))
  return readConfig({ ...exampleEnvironment, REKEY_GRANTS_FILE: file, ...environment }).jwt
}

/** Returns the faults that stop the start, without the name of the variable and the file. */
function faults(grants: unknown, environment?: Environment): string[] {
  try {
    readGrants(grants, environment)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.faults.map((fault) => fault.replace(`REKEY_GRANTS_FILE (${file}) `, ''))
  }
}

test("reads grants, and ignores the token's own claims unless their variables are set", () => {
  expect(readGrants([{ ...grant, scope: ' messages:sign  events:read' }])).toMatchObject({
    scopeClaims: [],
    applicationsClaims: [],
    grants: [{ conditions: [{ claim: 'sub' }], scopes: ['messages:sign', 'events:read'], applications: '*' }],
  })
  expect(readGrants([grant], { REKEY_JWT_SCOPE_CLAIM: 'scope' })).toMatchObject({
    scopeClaims: ['scope'],
    applicationsClaims: [],
  })
})

describe('the error names the place in the file and says what to do', () => {
  test.each<[unknown, ...string[]]>([
    ['{"a":1}', 'must be a JSON array of grants'],
    ['[', 'must contain JSON'],
    ['[\n{"claims": {"sub": "a",}}\n]', 'must contain JSON; there is an error at line 2 column 24'],
    [[], 'must contain a grant; with none, no token has any rights'],
    [[grant, 'sender'], '[1] must be an object with claims, scope and applications'],
    [
      [{}],
      '[0].claims must be an object of claims and their values',
      '[0].scope must be a string of scopes, separated by spaces',
      '[0].applications must be an array of application IDs, or ["*"] for all',
    ],
    [
      [{ ...grant, claims: {} }],
      '[0].claims must name a claim; without one, the grant would apply to every token',
    ],
    [
      [{ ...grant, claims: { sub: 7, roles: ['a'] } }],
      '[0].claims.sub must be a string, in which * stands for any run of characters',
      '[0].claims.roles must be a string, in which * stands for any run of characters',
    ],
    [
      '[{"claims": {"__proto__": "a", "sub": "*"}, "scope": "messages:sign", "applications": ["*"]}]',
      '[0].claims must not name the claim __proto__',
    ],
    [
      '[{"claims": {"sub": "a", "s\\u0075b": "*"}, "scope": "messages:sign", "applications": ["*"]}]',
      'must not name sub twice in one object; remove one of them',
    ],
    [
      '[{"claims": {"sub": "claims:"}, "claims": {"aud": "*"}, "scope": "messages:sign", "applications": ["*"]}]',
      'must not name claims twice in one object; remove one of them',
    ],
    [
      [{ ...grant, scope: 'messages:sign message:verify' }],
      '[0].scope lists the unknown scope message:verify; did you mean messages:verify?',
    ],
    [
      [{ ...grant, scope: '*' }],
      expect.stringMatching(/^\[0\].scope lists the unknown scope \*; allowed scopes: app/),
    ],
    [
      [{ ...grant, scope: ' ' }],
      expect.stringMatching(/^\[0\].scope must name a scope; allowed scopes: app/),
    ],
    [
      [{ ...grant, applications: '*' }],
      '[0].applications must be an array of application IDs, or ["*"] for all',
    ],
    [[{ ...grant, applications: [] }], '[0].applications must name an application, or "*" for all'],
    ...['app_*', '..', '', 'a/b', 'x'.repeat(65), 7].map((id): [unknown, string] => [
      [{ ...grant, applications: ['app_1', id] }],
      '[0].applications[1] must be "*", or the ID of an application: 1 to 64 letters, digits, dots, underscores or hyphens',
    ]),
    [
      [{ ...grant, application: ['app_1'] }],
      '[0] has the unknown property application; allowed properties: claims, scope, applications',
    ],
  ])('%j', (grants, ...expected) => {
    expect(faults(grants)).toEqual(expected)
  })
})

test('several grants may name the same claim, and a claim value may look like a claim name', () => {
  const claims = { sub: '"sub":', 'a:b': 'sub' }
  expect(faults([grant, { ...grant, claims }, grant])).toEqual([])
})

test('an error never quotes the grants file, because REKEY_GRANTS_FILE may name a file of secrets by mistake', () => {
  expect(faults('{k1:c2VjcmV0')).toEqual([expect.stringMatching(/^must contain JSON/)])
  expect(faults('k1:c2VjcmV0').join()).not.toContain('c2V')
  const missing = { REKEY_GRANTS_FILE: '[{"claims":{}}]' }
  expect(faults([grant], missing)).toEqual([
    'REKEY_GRANTS_FILE must be the path of a JSON file; reading it failed with ENOENT',
  ])
})

const jwks = { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: 'https://one.example/jwks' }
const issuers = {
  ...jwks,
  REKEY_JWKS_URL: 'https://one.example/jwks,https://two.example/jwks',
  REKEY_JWT_ISSUER: 'https://one.example,https://two.example',
  REKEY_JWT_AUDIENCE: 'rekey',
}
const grantTo = (claims: object) => [{ ...grant, claims }]

test.each([{ sub: 'a' }, { iss: '*' }, { iss: 'https://*' }, { iss: 'https://three.example' }, { iss: '' }])(
  'with several issuers, a grant to %j prevents startup, because it does not match exactly one issuer',
  (claims) => {
    expect(faults(grantTo(claims), issuers)).toEqual([
      '[0].claims.iss must match exactly one issuer in REKEY_JWT_ISSUER: https://one.example, https://two.example',
    ])
  },
)

test('a grant that names an issuer must match exactly one configured issuer', () => {
  const one = { ...jwks, REKEY_JWT_ISSUER: 'https://one.example', REKEY_JWT_AUDIENCE: 'rekey' }
  expect(faults(grantTo({ sub: 'a' }), one)).toEqual([])
  expect(faults(grantTo({ iss: 'https://one.example' }), one)).toEqual([])
  expect(faults(grantTo({ iss: 'https://one.exampel' }), one)).toEqual([
    '[0].claims.iss must match exactly one issuer in REKEY_JWT_ISSUER: https://one.example',
  ])
  expect(faults(grantTo({ iss: 'https://two.example' }), issuers)).toEqual([])
  expect(faults(grantTo({ iss: '*//two.*' }), issuers)).toEqual([])
})

test('with a JWKS and no audience, each grant must name aud, azp or client_id', () => {
  for (const claim of ['aud', 'azp', 'client_id'])
    expect(faults(grantTo({ [claim]: 'sender' }), jwks)).toEqual([])
  for (const claims of [{ sub: 'a' }, { aud: '*' }, { azp: '' }])
    expect(faults([...grantTo({ aud: 'a' }), ...grantTo(claims)], jwks)).toEqual([
      '[1].claims must name aud, azp or client_id, because the issuer may sign tokens for others too; or set REKEY_JWT_AUDIENCE',
    ])
  expect(faults(grantTo({ sub: 'a' }), { ...jwks, REKEY_JWT_AUDIENCE: 'rekey' })).toEqual([])
  expect(faults(grantTo({ sub: 'a' }))).toEqual([])
})
