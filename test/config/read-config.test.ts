import { expect, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { exampleEnvironment } from '../support/environment.ts'

function faults(environment: Environment): string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
  }
  return []
}

test('unset variables get their documented defaults', () => {
  const { REKEY_ENCRYPTION_KEYS, REKEY_JWT_SECRET } = exampleEnvironment
  expect(readConfig({ REKEY_ENCRYPTION_KEYS, REKEY_JWT_SECRET })).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    database: { kind: 'sqlite', file: './data/rekey.db' },
    overlapSeconds: 86_400,
    requestTimeoutMs: 10_000,
    rotationsPerMinute: 30,
    failedAuthenticationsPerMinute: 100,
    logLevel: 'info',
    jwt: { algorithms: ['HS256'], scopeClaims: ['scope'], applicationsClaims: ['applications'] },
  })
})

test('reports all configuration errors together, without quoting a secret', () => {
  const secret = 'short-and-secret'
  const found = faults({
    PORT: '70000',
    REKEY_ENCRYPTION_KEYS: `k1:${Buffer.from(secret).toString('base64')}`,
    REKEY_JWT_SECRET: secret,
    REKEY_JWKS_URL: 'ftp://x',
    REKEY_OVERLAP_SECONDS: '604801',
    REKEY_JWT_ISSUR: 'typo',
    DATABASE_URL: 'mysql://x',
    LOG_LEVEL: 'loud',
    NODE_ENV: 'prod',
  }).join('\n')
  for (const name of [
    'PORT',
    'ENCRYPTION_KEYS',
    'JWT_SECRET',
    'JWKS_URL',
    'OVERLAP',
    'ISSUR',
    'DATABASE_URL',
    'LOG_LEVEL must be fatal, error, warn,',
    'NODE_ENV must be production, development or test',
  ]) {
    expect(found).toContain(name)
  }
  expect(found).not.toContain(secret)
  expect(found).not.toContain(Buffer.from(secret).toString('base64'))
})

test('an empty variable counts as unset', () => {
  expect(faults({ ...exampleEnvironment, REKEY_JWT_ISSUER: '', LOG_LEVEL: '' })).toEqual([])
  expect(faults({ ...exampleEnvironment, REKEY_JWT_SECRET: '' })).not.toEqual([])
})

test('REKEY_PROBE_ALLOW allows private addresses by address, range or range name', () => {
  const allowed = (list?: string) => {
    const { isAllowedReceiver } = readConfig({ ...exampleEnvironment, REKEY_PROBE_ALLOW: list })
    const addresses = [
      '10.1.2.3',
      '::ffff:10.1.2.3',
      '10.2.0.1',
      '192.168.0.7',
      'fd00::1',
      '127.0.0.1',
      '::1',
      '',
    ]
    return addresses.filter(isAllowedReceiver)
  }
  expect(allowed()).toEqual([])
  expect(allowed('10.1.0.0/16, fd00::/8')).toEqual(['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1'])
  expect(allowed('loopback,192.168.0.7')).toEqual(['192.168.0.7', '127.0.0.1', '::1'])
})

test.each([
  [{ REKEY_PROBE_ALLOW: '10.0.0.0/8,' }, 'REKEY_PROBE_ALLOW'],
  [{ REKEY_PROBE_ALLOW: 'receiver.internal' }, 'REKEY_PROBE_ALLOW'],
  [{ REKEY_PROBE_ALLOW: '10.0.0.0/33' }, 'REKEY_PROBE_ALLOW'],
  [
    { REKEY_JWKS_URL: 'https://id.example/jwks' },
    'REKEY_JWT_SECRET and REKEY_JWKS_URL are mutually exclusive',
  ],
  [
    { REKEY_JWT_ALGORITHMS: 'RS256' },
    'REKEY_JWT_ALGORITHMS contains RS256, which the configured keys cannot verify; algorithms allowed for these keys: HS256',
  ],
  [{ REKEY_JWT_ALGORITHMS: 'none' }, 'REKEY_JWT_ALGORITHMS'],
  [{ REKEY_TRUSTED_PROXIES: '10.0.0.0/33' }, 'REKEY_TRUSTED_PROXIES'],
  [{ REKEY_TRUSTED_PROXIES: 'everyone' }, 'REKEY_TRUSTED_PROXIES'],
  [
    { REKEY_PAGES: 'docs' },
    'REKEY_PAGES must be all, none, or a comma-separated list of console, reference and rotate',
  ],
  [
    { REKEY_ENCRYPTION_KEYS: Array(2).fill(exampleEnvironment['REKEY_ENCRYPTION_KEYS']).join(',') },
    'same kid twice',
  ],
])('rejects %j and says why', (change, text) => {
  expect(faults({ ...exampleEnvironment, ...change }).join('\n')).toContain(text)
})

test('ignores Kubernetes service variables but rejects unknown variables such as REKEY_PORT=8080', () => {
  const links = {
    REKEY_SERVICE_HOST: '10.0.0.1',
    REKEY_SERVICE_PORT: '80',
    REKEY_SERVICE_PORT_HTTP: '80',
    REKEY_PORT: 'tcp://10.0.0.1:80',
    REKEY_PORT_80_TCP: 'tcp://10.0.0.1:80',
    REKEY_PORT_80_TCP_PROTO: 'tcp',
    REKEY_PORT_80_TCP_PORT: '80',
    REKEY_PORT_80_TCP_ADDR: '10.0.0.1',
    REKEY_STAGING_SERVICE_HOST: '10.0.0.2',
    DATABASE_SERVICE_HOST: '10.0.0.3',
    DATABASE_SERVICE_PORT_POSTGRES: '5432',
    DATABASE_PORT: 'tcp://10.0.0.3:5432',
    DATABASE_PORT_5432_TCP_ADDR: '10.0.0.3',
  }
  expect(() => readConfig({ ...exampleEnvironment, ...links })).not.toThrow()
  for (const name of ['REKEY_PORT', 'REKEY_HOST', 'REKEY_OVERLAP'])
    expect(() => readConfig({ ...exampleEnvironment, [name]: '8080' })).toThrow(
      `${name} is not a known variable`,
    )
})

test.each([
  ['REKEY_JWT_ISSUR', 'did you mean REKEY_JWT_ISSUER?'],
  ['REKEY_ENCRYPTION_KEY', 'did you mean REKEY_ENCRYPTION_KEYS?'],
  ['REKEY_LOG_LEVEL', 'did you mean LOG_LEVEL?'],
  ['REKEY_JWT_SECRT_FILE', 'did you mean REKEY_JWT_SECRET_FILE?'],
  ['REKEY_DATABASE_URL_FILE', 'did you mean DATABASE_URL_FILE?'],
  ['REKEY_TURBO', 'correct its name or remove it'],
  ['REKEY_GRANTS_FILE_FILE', 'correct its name or remove it'],
  ['NODE_ENV_FILE', 'set NODE_ENV itself'],
  ...['DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_URI', 'DATABASE_URL_UNPOOLED'].map((name) => [
    name,
    'Rekey takes everything about its database from DATABASE_URL; if the variable is for other software, start Rekey with it empty',
  ]),
])('rejects the unknown variable %s with the hint "%s"', (name, help) => {
  expect(faults({ ...exampleEnvironment, [name]: '1' })).toEqual([`${name} is not a known variable; ${help}`])
})

test.each([
  ['REKEY_ENCRYPTION_KEYS', 'REKEY_ENCRYPTION_KEYS is not set; `rekey keygen` prints a value for it'],
  [
    'REKEY_JWT_SECRET',
    'REKEY_JWT_SECRET, REKEY_JWT_PUBLIC_KEY_FILE or REKEY_JWKS_URL must be set, so that Rekey can verify tokens',
  ],
])('the error for a missing %s says how to set it', (name, fault) => {
  expect(faults({ ...exampleEnvironment, [name]: '' })).toEqual([fault])
})

test.each([
  [
    'REKEY_TRUSTED_PROXIES',
    'everyone',
    /^REKEY_TRUSTED_PROXIES must be .*loopback.*invalid IP address: everyone/,
  ],
  ['REKEY_OVERLAP_SECONDS', '1.5', /^REKEY_OVERLAP_SECONDS must be a whole number from 0 to 604800$/],
  ['REKEY_OVERLAP_SECONDS', '604801', /^REKEY_OVERLAP_SECONDS must be a whole number from 0 to 604800$/],
  [
    'REKEY_JWT_ALGORITHMS',
    'none',
    /^REKEY_JWT_ALGORITHMS must be .*; allowed: HS256, RS256, .*, ES512, EdDSA, Ed25519$/,
  ],
  [
    'REKEY_ENCRYPTION_KEYS',
    'k1:c2hvcnQ=',
    /^REKEY_ENCRYPTION_KEYS must be kid:base64.*32 bytes; `rekey keygen`/,
  ],
  ['REKEY_JWT_SECRET', 'short', /^REKEY_JWT_SECRET must have at least 32 bytes; `rekey keygen`/],
])('the error for an invalid %s (%s) states the rule in words', (name, value, fault) => {
  expect(faults({ ...exampleEnvironment, [name]: value })).toEqual([expect.stringMatching(fault)])
})
