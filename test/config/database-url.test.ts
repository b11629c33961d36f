import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import type { DatabaseLocation, Environment, PostgresLocation } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { readPage } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'

const read = (url: string, environment: Environment = {}): DatabaseLocation =>
  readConfig({ ...exampleEnvironment, DATABASE_URL: url, ...environment }).database
const readPostgres = (url: string, environment?: Environment) => read(url, environment) as PostgresLocation

/** The rows of the documentation's tables of URLs: a URL, and what Rekey does with it. */
const documented = [
  ...readPage('docs/configuration.md').matchAll(/^\| `((?:sqlite:|postgres|host=)[^`]*)` +\| (.*?) +\|$/gm),
].map(([, url = '', meaning = '']) => [url, meaning] as const)

test.each(documented)('%s is read or refused as docs/configuration.md says', (url, meaning) => {
  const reading = expect(() => read(url))
  if (meaning.startsWith('Refused')) reading.toThrow(/^DATABASE_URL /)
  else reading.not.toThrow()
})

test('the documentation has a row for every kind of URL', () => {
  expect(documented.length).toBeGreaterThan(15)
})

/** The supported parameters, each with its variable, a value, and the resulting settings. */
const parameters: [string, string | undefined, string, object][] = [
  ['host', 'PGHOST', '/run/db', { servers: [{ host: '/run/db', port: 5432 }] }],
  ['port', 'PGPORT', '1', { servers: [{ host: 'h', port: 1 }] }],
  ['user', 'PGUSER', 'a b', { client: { user: 'a b', database: 'a b' } }],
  ['password', 'PGPASSWORD', 'ü@/', { client: { password: 'ü@/' } }],
  ['dbname', 'PGDATABASE', 'a/b', { client: { database: 'a/b' } }],
  ['schema', undefined, 'keys', { schema: 'keys' }],
  ['sslmode', 'PGSSLMODE', 'no-verify', { client: { ssl: { rejectUnauthorized: false } } }],
  ['sslrootcert', 'PGSSLROOTCERT', 'system', { client: { ssl: { rejectUnauthorized: true } } }],
  ['sslcert', 'PGSSLCERT', '/missing.pem', { fault: 'works only with both sslcert and sslkey' }],
  ['sslkey', 'PGSSLKEY', '/missing.pem', { fault: 'works only with both sslcert and sslkey' }],
  ['sslnegotiation', 'PGSSLNEGOTIATION', 'direct', { client: { sslnegotiation: 'direct', ssl: {} } }],
  ['ssl_min_protocol_version', 'PGSSLMINPROTOCOLVERSION', 'TLSv1.3', { client: { ssl: {} } }],
  ['channel_binding', 'PGCHANNELBINDING', 'prefer', { client: { enableChannelBinding: true } }],
  ['connect_timeout', 'PGCONNECT_TIMEOUT', '10', { client: { connectionTimeoutMillis: 10_000 } }],
  ['application_name', 'PGAPPNAME', 'keys', { client: { application_name: 'keys' } }],
  ['options', 'PGOPTIONS', '-c geqo=off', { client: { options: '-c geqo=off' } }],
  ['target_session_attrs', 'PGTARGETSESSIONATTRS', 'primary', { targetSession: 'primary' }],
]

/** What `read` returns, or its fault after the name of the parameter or variable. */
function outcome(name: string, url: string, environment?: Environment): object {
  try {
    return read(url, environment)
  } catch (error) {
    return {
      fault: (error as Error).message.replace(`${name} `, '').replace('DATABASE_URL cannot be used: ', ''),
    }
  }
}

test.each(parameters)('%s can be in the URL or in %s', (name, variable, value, expected) => {
  expect(outcome(name, `postgres://h?${name}=${encodeURIComponent(value)}`)).toMatchObject(expected)
  if (variable === undefined) return
  const url = name === 'host' ? 'postgres:///' : 'postgres://h'
  expect(outcome(variable, url, { [variable]: value })).toMatchObject(expected)
})

test('the documentation and the error for an unknown parameter list the supported parameters', () => {
  const rows = [
    ...readPage('docs/configuration.md').matchAll(
      /^\| ((?:`[a-z_]+`(?:, )?)+) +\| ((?:`PG\w+`(?:, )?)*) +\|/gm,
    ),
  ]
  const names = (column: string) => column.match(/\w+/g) ?? []
  expect(rows.flatMap(([, column = '']) => names(column))).toEqual(parameters.map(([name]) => name))
  expect(rows.flatMap(([, , column = '']) => names(column))).toEqual(
    parameters.flatMap(([, variable]) => variable ?? []),
  )
  expect(outcome('DATABASE_URL', 'postgres://h?sslmod=require&pgbouncer=true')).toEqual({
    fault:
      'contains parameters that Rekey does not support: sslmod (did you mean sslmode?), pgbouncer; ' +
      `remove them. Supported parameters: ${parameters.map(([name]) => name).join(', ')}`,
  })
})

test('the URL takes precedence over the variables, and its parameters over the rest of the URL', () => {
  const environment = {
    PGHOST: 'other',
    PGPORT: '2',
    PGUSER: 'other',
    PGPASSWORD: 'other',
    PGDATABASE: 'other',
  }
  expect(readPostgres('postgres://u:p@h:1/d', environment)).toEqual(readPostgres('postgres://u:p@h:1/d'))
  expect(readPostgres('postgres://u@localhost/d?host=/sockets&user=v')).toMatchObject({
    servers: [{ host: '/sockets', port: 5432 }],
    client: { user: 'v', database: 'd' },
  })
})

test("parts missing from the URL default to libpq's values, and other driver settings to Rekey's", () => {
  const { username } = userInfo()
  expect(readPostgres('postgres://h')).toEqual({
    kind: 'postgres',
    servers: [{ host: 'h', port: 5432 }],
    targetSession: 'any',
    requireChannelBinding: false,
    client: {
      user: username,
      password: undefined,
      database: username,
      ssl: false,
      sslnegotiation: 'postgres',
      enableChannelBinding: false,
      application_name: 'rekey',
      options: undefined,
      connectionTimeoutMillis: 3_000,
    },
  })
})

test.each([
  [
    'postgres://a:1,b/d',
    [
      { host: 'a', port: 1 },
      { host: 'b', port: 5432 },
    ],
  ],
  [
    'postgres:///d?host=a,b&port=2',
    [
      { host: 'a', port: 2 },
      { host: 'b', port: 2 },
    ],
  ],
  [
    'postgres://[::1]:1,b:2',
    [
      { host: '::1', port: 1 },
      { host: 'b', port: 2 },
    ],
  ],
])('if %s names several servers, Rekey uses one that accepts writes', (url, servers) => {
  expect(readPostgres(url)).toMatchObject({ servers, targetSession: 'read-write' })
})

test.each([
  'service',
  'hostaddr',
  'passfile',
  'require_auth',
  'sslcrl',
  'connection_limit',
  'supa',
  'SSLMODE',
  'tls',
  'constructor',
])('refuses the parameter %s instead of ignoring it', (name) => {
  expect(() => read(`postgres://h?${name}=1`)).toThrow(
    `DATABASE_URL contains parameters that Rekey does not support: ${name}`,
  )
})

test('refuses the variables of unsupported parameters, unless their values change nothing or the file is SQLite', () => {
  expect(() =>
    read('postgres://h', { PGSERVICE: 'x', PGSSLCRL: '/x', PGGSSENCMODE: 'require', PGPASSWORD_FILE: '/x' }),
  ).toThrow(
    /^PGSERVICE is set, but Rekey does not support it; start Rekey with it empty\nPGSSLCRL .*\nPGGSSENCMODE .*\nPGPASSWORD_FILE /,
  )
  const harmless = { PGGSSENCMODE: 'disable', PGCLIENTENCODING: 'UTF8', PGSERVICE: '' }
  expect(
    read('postgres://h?gssencmode=disable&sslsni=1&client_encoding=utf8&keepalives=1', harmless),
  ).toEqual(read('postgres://h'))
  expect(() => read('sqlite:x.db', { PGSERVICE: 'x' })).not.toThrow()
})

test.each([
  ['postgres://h:0', 'DATABASE_URL cannot be used: port must be a number from 1 to 65535'],
  ['postgres://h:65536', 'DATABASE_URL cannot be used: port must be'],
  ['postgres://h:pg', 'DATABASE_URL cannot be used: port must be'],
  [
    'postgres://a:1,b:2,c:3?port=1,2',
    'DATABASE_URL cannot be used: port lists 2 ports for 3 hosts; list one for each, or one for all',
  ],
  [
    'postgres://a,,b',
    'DATABASE_URL cannot be used: host must be a host name, an address or the absolute path',
  ],
  ['postgres:///?host=./socket', 'DATABASE_URL cannot be used: host must be'],
  ['postgres:///?host=%40abstract', 'DATABASE_URL cannot be used: host must be'],
  [
    `postgres:///?host=/${'x'.repeat(100)}`,
    'DATABASE_URL cannot be used: host is too long: the path of a Unix socket has at most 107 bytes',
  ],
  [
    'postgres://h?target_session_attrs=standby',
    'DATABASE_URL cannot be used: target_session_attrs must be read-write, primary or any',
  ],
  [
    'postgres://h?channel_binding=yes',
    'DATABASE_URL cannot be used: channel_binding must be disable, prefer or require',
  ],
  [
    'postgres://h?channel_binding=require',
    'DATABASE_URL cannot be used: channel_binding is require, which needs TLS; set sslmode=verify-full',
  ],
  [
    'postgres://h?connect_timeout=0',
    'DATABASE_URL cannot be used: connect_timeout must be a whole number of seconds from 1 to 600',
  ],
  ['postgres://h?connect_timeout=601', 'DATABASE_URL cannot be used: connect_timeout must be'],
  [
    'postgres://h?options=-csearch_path%3Dx',
    'DATABASE_URL cannot be used: options sets search_path, which Rekey would ignore; write schema=NAME',
  ],
])('rejects %s', (url, fault) => {
  expect(() => read(url)).toThrow(fault)
})

test('a fault in a variable names the variable', () => {
  expect(() => read('postgres://h', { PGPORT: 'pg' })).toThrow(/^PGPORT must be a number/)
  expect(() => read('postgres://h', { PGPASSWORD: 'secret\n' })).toThrow(
    /^PGPASSWORD begins or ends with whitespace, such as a line break; remove it$/,
  )
})

test.each(['pg_keys', 'a.b', '1st', 'a"b', 'x'.repeat(64)])('rejects the schema %j', (schema) => {
  expect(() => read(`postgres://h?schema=${schema}`)).toThrow(
    /^DATABASE_URL cannot be used: schema must have 1 to 63 letters/,
  )
})
