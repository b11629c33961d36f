import { expect, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { exampleEnvironment } from '../support/environment.ts'

const provider = {
  REKEY_JWT_SECRET: '',
  REKEY_JWKS_URL: 'https://id.example/jwks,https://other.example/jwks',
  REKEY_JWT_ISSUER: 'https://id.example,https://other.example',
}

function read(environment: Environment) {
  return readConfig({ ...exampleEnvironment, ...environment }).oidc
}

test('sign-in uses the first issuer, and requests the scope openid by default', () => {
  expect(read(provider)).toBeUndefined()
  expect(read({ ...provider, REKEY_OIDC_CLIENT_ID: 'console' })).toEqual({
    issuer: 'https://id.example',
    clientId: 'console',
    scope: 'openid',
    resource: undefined,
    parameters: {},
  })
  const more = {
    REKEY_OIDC_CLIENT_ID: 'console',
    REKEY_OIDC_SCOPE: 'openid offline_access',
    REKEY_OIDC_RESOURCE: 'https://rekey.example',
    REKEY_OIDC_PARAMETERS: 'audience=https%3A%2F%2Frekey.example&prompt=select_account',
  }
  expect(read({ ...provider, ...more })).toMatchObject({
    scope: 'openid offline_access',
    resource: 'https://rekey.example',
    parameters: { audience: 'https://rekey.example', prompt: 'select_account' },
  })
})

test.each<[Environment, string]>([
  [
    { REKEY_OIDC_SCOPE: 'openid' },
    'REKEY_OIDC_SCOPE needs REKEY_OIDC_CLIENT_ID; set it, or remove REKEY_OIDC_SCOPE',
  ],
  [
    { REKEY_OIDC_CLIENT_ID: 'console', REKEY_JWT_ISSUER: '', REKEY_JWKS_URL: 'https://id.example/jwks' },
    'REKEY_OIDC_CLIENT_ID needs REKEY_JWT_ISSUER, whose first entry must be the URL of the identity provider',
  ],
  [
    { REKEY_OIDC_CLIENT_ID: 'console', REKEY_JWT_ISSUER: 'parcely,https://other.example' },
    'REKEY_OIDC_CLIENT_ID needs REKEY_JWT_ISSUER, whose first entry must be the URL of the identity provider',
  ],
  [
    {
      REKEY_OIDC_CLIENT_ID: 'console',
      REKEY_JWT_ISSUER: 'https://id.example',
      REKEY_JWKS_URL: '',
      REKEY_JWT_SECRET: exampleEnvironment['REKEY_JWT_SECRET'],
    },
    "REKEY_OIDC_CLIENT_ID needs the identity provider's keys; set REKEY_JWKS_URL or REKEY_JWT_PUBLIC_KEY_FILE instead of REKEY_JWT_SECRET",
  ],
  ...['?a=b', 'a b', 'audience', '=b', 'a=b#c', '&'].map((text): [Environment, string] => [
    { REKEY_OIDC_CLIENT_ID: 'console', REKEY_OIDC_PARAMETERS: text },
    'REKEY_OIDC_PARAMETERS must be a query such as audience=https://rekey.example&prompt=login, percent-encoded',
  ]),
  [
    { REKEY_OIDC_CLIENT_ID: 'console', REKEY_OIDC_PARAMETERS: 'a=b&a=c' },
    'REKEY_OIDC_PARAMETERS must not repeat a parameter',
  ],
  [
    {
      REKEY_OIDC_CLIENT_ID: 'console',
      REKEY_OIDC_PARAMETERS: 'audience=a&redirect_uri=https://evil.example',
    },
    'REKEY_OIDC_PARAMETERS must not contain redirect_uri, which the console sets itself; see REKEY_OIDC_CLIENT_ID, REKEY_OIDC_SCOPE and REKEY_OIDC_RESOURCE',
  ],
])('rejects %j and says why', (environment, fault) => {
  let faults: readonly string[] = []
  try {
    read({ ...provider, ...environment })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    faults = error.faults
  }
  expect(faults).toEqual([fault])
})
