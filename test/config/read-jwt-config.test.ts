import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { createSigner, pem } from '../support/signers.ts'

const folder = mkdtempSync(join(tmpdir(), 'rekey-config-'))
const file = join(folder, 'file')
writeFileSync(file, 'token')
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function read(environment: Environment) {
  return readConfig({ ...exampleEnvironment, ...environment }).jwt
}

function faults(environment: Environment): string[] {
  try {
    read(environment)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.faults
  }
}

const [one, two] = ['https://one.example/jwks', 'https://two.example/jwks']
const jwks = (urls: string) => ({ REKEY_JWT_SECRET: '', REKEY_JWKS_URL: urls })

test('lists are separated by commas, and spaces around entries are ignored', () => {
  const config = read({
    REKEY_JWT_AUDIENCE: 'rekey, api://rekey',
    REKEY_JWT_SCOPE_CLAIM: 'scp,realm_access.roles',
    REKEY_JWT_APPLICATIONS_CLAIM: 'https://rekey.example/apps',
  })
  expect(config).toMatchObject({
    audiences: ['rekey', 'api://rekey'],
    scopeClaims: ['scp', 'realm_access.roles'],
    applicationsClaims: ['https://rekey.example/apps'],
  })
})

test('pairs issuers, JWKS URLs and token files by position', () => {
  const environment = {
    ...jwks(`${one}, ${two}`),
    REKEY_JWT_ISSUER: 'https://one.example, https://two.example',
    REKEY_JWKS_TOKEN_FILE: `, ${file}`,
  }
  // The first entry is empty, so the value begins with a comma and not with whitespace.
  expect(read(environment).keys).toEqual({
    kind: 'jwks',
    sets: [
      { issuer: 'https://one.example', url: new URL(one), tokenFile: undefined },
      { issuer: 'https://two.example', url: new URL(two), tokenFile: file },
    ],
  })
  expect(read(jwks(one)).keys).toMatchObject({ sets: [{ issuer: undefined }] })
})

test.each<[Environment, string]>([
  [
    jwks(`${one},${two}`),
    'REKEY_JWKS_URL and REKEY_JWT_ISSUER pair by position, but have 2 and 0 entries; list one for each URL',
  ],
  [
    { ...jwks(one), REKEY_JWT_ISSUER: 'a,b' },
    'REKEY_JWKS_URL and REKEY_JWT_ISSUER pair by position, but have 1 and 2 entries; list one for each URL',
  ],
  [
    { ...jwks(`${one},${two}`), REKEY_JWT_ISSUER: 'a,b', REKEY_JWKS_TOKEN_FILE: file },
    'REKEY_JWKS_URL and REKEY_JWKS_TOKEN_FILE pair by position, but have 2 and 1 entries; list one for each URL, or leave it empty where a URL needs no token',
  ],
  [
    { ...jwks(one), REKEY_JWKS_TOKEN_FILE: join(folder, 'missing') },
    'REKEY_JWKS_TOKEN_FILE must list paths of files; reading entry 1 failed with ENOENT',
  ],
  [
    { REKEY_JWKS_TOKEN_FILE: file },
    'REKEY_JWKS_TOKEN_FILE needs REKEY_JWKS_URL; set that URL, or remove this variable',
  ],
  [
    { REKEY_JWT_ISSUER: 'a,b' },
    'REKEY_JWT_ISSUER lists several issuers, but REKEY_JWKS_URL is not set; set it with one URL for each issuer, or set only one issuer',
  ],
  [
    { ...jwks(`${one},${two}`), REKEY_JWT_ISSUER: 'a,a' },
    'REKEY_JWT_ISSUER lists a twice; remove one of them',
  ],
  [
    { REKEY_JWT_AUDIENCE: 'a,,b' },
    'REKEY_JWT_AUDIENCE has an empty entry; remove the comma before or after it',
  ],
  [
    jwks(`${one},two.example`),
    'REKEY_JWKS_URL must be an http or https URL, such as https://id.example.com/jwks.json, or a comma-separated list of them',
  ],
  ...['https://user:pass@two.example', 'https://user@two.example', 'https://:pass@two.example'].map(
    (url): [Environment, string] => [
      jwks(url),
      'REKEY_JWKS_URL must not contain a user name or password; remove them from the URL',
    ],
  ),
])('rejects %j and says why', (environment, fault) => {
  expect(faults(environment)).toEqual([fault])
})

test.each(['REKEY_JWT_SECRET', 'REKEY_ENCRYPTION_KEYS', 'DATABASE_URL', 'PORT', 'REKEY_JWT_AUDIENCE'])(
  'rejects whitespace around the value of %s, and never quotes the value',
  (name) => {
    const value = exampleEnvironment[name] ?? (name === 'DATABASE_URL' ? 'postgres://u:pass@h/d' : 'rekey')
    for (const spaced of [`${value}\n`, ` ${value}`, `${value}\r\n`, `\t${value}`, `${value}\u00a0`])
      expect(faults({ [name]: spaced })).toEqual([
        `${name} begins or ends with whitespace, such as a line break; remove it`,
      ])
  },
)

test('allowing either EdDSA or Ed25519 allows both names of the algorithm', () => {
  for (const name of ['EdDSA', 'Ed25519']) {
    const { algorithms } = read({ ...jwks(one), REKEY_JWT_ALGORITHMS: name })
    expect(new Set(algorithms)).toEqual(new Set(['EdDSA', 'Ed25519']))
  }
})

test('a PEM file may contain several keys, and each must be usable', () => {
  const keysIn = (text: string) => {
    writeFileSync(join(folder, 'keys.pem'), text)
    return { REKEY_JWT_SECRET: '', REKEY_JWT_PUBLIC_KEY_FILE: join(folder, 'keys.pem') }
  }
  const good = [createSigner('ES512'), createSigner('EdDSA')].map(pem).join('')
  expect(read(keysIn(good)).algorithms).toEqual(['ES512', 'EdDSA', 'Ed25519'])
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  const rule =
    'REKEY_JWT_PUBLIC_KEY_FILE must be the path of a file with RSA keys of at least 2048 bits, or P-256, P-384, P-521 or Ed25519 keys'
  expect(faults(keysIn(short.export({ type: 'spki', format: 'pem' }).toString()))).toEqual([rule])
  expect(faults(keysIn(good + short.export({ type: 'pkcs1', format: 'pem' }).toString()))).toEqual([
    `${rule}; key 3 of 3 is not one of these`,
  ])
  const pattern =
    /^REKEY_JWT_PUBLIC_KEY_FILE must be the path of a file with PEM public keys; reading it failed with ERR/
  expect(faults(keysIn('not a key'))).toEqual([expect.stringMatching(pattern)])
})
