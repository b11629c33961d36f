import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { beforeAll, expect, test } from 'vitest'
import type { Environment, PostgresLocation } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { readPage } from '../support/documentation.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { certificateFor, type Certificate } from '../support/receivers.ts'
import { temporaryFolder } from '../support/server.ts'

let first: Certificate
let second: Certificate
beforeAll(async () => {
  first = await certificateFor()
  second = await certificateFor()
})

function readTls(parameters: string, environment: Environment = {}): ConnectionOptions | false {
  const url = `postgres://h?${parameters}`
  const { database } = readConfig({ ...exampleEnvironment, DATABASE_URL: url, ...environment })
  return (database as PostgresLocation).client.ssl
}

function file(text: string): string {
  const path = join(temporaryFolder(), 'file.pem')
  writeFileSync(path, text)
  return path
}

const full = { rejectUnauthorized: true }
const chain = { rejectUnauthorized: true, checkServerIdentity: expect.any(Function) as unknown }

test('each sslmode encrypts and verifies as docs/configuration.md says', () => {
  const root = file(first.cert)
  const modes: Record<string, object | false | undefined> = {
    disable: false,
    require: full,
    'verify-ca': chain,
    'verify-full': full,
    'no-verify': { rejectUnauthorized: false },
    allow: undefined,
    prefer: undefined,
  }
  const rows = [
    ...readPage('docs/configuration.md').matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) +\| (no|yes|refused) +\|/gm),
  ]
  const documented = rows.flatMap(([, names = '', encrypted = '']) =>
    [...names.matchAll(/[a-z-]+/g)].map(([mode]) => [mode, encrypted]),
  )
  expect(documented).toEqual(
    Object.entries(modes).map(([mode, ssl]) => [mode, ssl === undefined ? 'refused' : ssl ? 'yes' : 'no']),
  )
  for (const [mode, ssl] of Object.entries(modes)) {
    const parameters = `sslmode=${mode}${mode === 'verify-ca' ? `&sslrootcert=${root}` : ''}`
    if (ssl === undefined)
      expect(() => readTls(parameters)).toThrow(
        `DATABASE_URL cannot be used: sslmode is ${mode}, which lets an attacker turn encryption off; set it to verify-full, or to`,
      )
    else if (ssl)
      expect({ ...readTls(parameters), secureContext: null }).toEqual({ ...ssl, secureContext: null })
    else expect(readTls(parameters)).toBe(false)
  }
})

test.each<[string, object | false]>([
  ['', false],
  ['ssl=true', full],
  ['ssl=1', full],
  ['ssl=false', false],
  ['ssl=no-verify', { rejectUnauthorized: false }],
  ['sslrootcert=system', full],
  ['sslnegotiation=direct', full],
  ['ssl_min_protocol_version=TLSv1.2', full],
])('without sslmode, %j means %j', (parameters, ssl) => {
  if (ssl) expect(readTls(parameters)).toMatchObject(ssl)
  else expect(readTls(parameters)).toBe(false)
})

test.each([
  [
    'sslmode=on',
    'DATABASE_URL cannot be used: sslmode must be disable, require, verify-ca, verify-full or no-verify',
  ],
  ['ssl=maybe', 'DATABASE_URL contains ssl; remove it, and use sslmode alone'],
  ['ssl=true&sslmode=disable', 'DATABASE_URL contains ssl; remove it'],
  [
    'sslmode=verify-ca',
    'DATABASE_URL cannot be used: sslmode is verify-ca, which accepts every server whose certificate the CA has signed',
  ],
  ['sslmode=verify-ca&sslrootcert=system', 'DATABASE_URL cannot be used: sslmode is verify-ca'],
  [
    'sslmode=no-verify&sslrootcert=system',
    'DATABASE_URL cannot be used: sslrootcert has no effect with sslmode=no-verify',
  ],
  [
    'sslmode=disable&sslrootcert=system',
    'DATABASE_URL cannot be used: sslrootcert has no effect with sslmode=disable',
  ],
  [
    'sslmode=disable&sslnegotiation=direct',
    'DATABASE_URL cannot be used: sslnegotiation is direct, but sslmode is disable',
  ],
  ['sslnegotiation=fast', 'DATABASE_URL cannot be used: sslnegotiation must be postgres or direct'],
  [
    'ssl_min_protocol_version=TLSv1.1',
    'DATABASE_URL cannot be used: ssl_min_protocol_version must be TLSv1.2 or TLSv1.3',
  ],
  ['host=/run/db&sslmode=require', 'DATABASE_URL cannot be used: sslmode has no effect on a Unix socket'],
  [
    'host=/run/db&sslrootcert=system',
    'DATABASE_URL cannot be used: sslrootcert has no effect on a Unix socket',
  ],
  [
    'host=h,/run/db&sslnegotiation=direct',
    'DATABASE_URL cannot be used: sslnegotiation has no effect on a Unix socket',
  ],
  [
    'sslrootcert=/missing.pem',
    'DATABASE_URL cannot be used: sslrootcert names a file that cannot be read (ENOENT): /missing.pem',
  ],
  ['sslcert=/missing.pem', 'DATABASE_URL cannot be used: sslcert works only with both sslcert and sslkey'],
])('rejects %s', (parameters, fault) => {
  expect(() => readTls(parameters)).toThrow(fault)
})

test('rejects files that contain no certificate, or a key of another certificate', () => {
  expect(() => readTls(`sslrootcert=${file('nothing')}`)).toThrow(
    'DATABASE_URL cannot be used: sslrootcert names a file that contains no certificate in PEM format',
  )
  const [cert, key, otherKey] = [file(first.cert), file(first.private), file(second.private)]
  expect(() => readTls(`sslcert=${cert}&sslkey=${key}`)).not.toThrow()
  for (const wrong of [otherKey, cert])
    expect(() => readTls(`sslcert=${cert}&sslkey=${wrong}`)).toThrow(
      /^DATABASE_URL cannot be used: sslcert and sslkey must name a certificate and its unencrypted key, both in PEM format \(/,
    )
  expect(() => readTls('', { PGSSLROOTCERT: file('nothing') })).toThrow(
    /^PGSSLROOTCERT names a file that contains no/,
  )
})

test('each connection reads the files again, and uses their last valid content while they are unusable', () => {
  const root = file(first.cert)
  const ssl = readTls(`sslrootcert=${root}`) as ConnectionOptions
  const before = ssl.secureContext
  expect(ssl.secureContext).toBe(before)
  writeFileSync(root, 'half a certificate')
  expect(ssl.secureContext).toBe(before)
  writeFileSync(root, second.cert)
  const renewed = ssl.secureContext
  expect(renewed).not.toBe(before)
  expect(ssl.secureContext).toBe(renewed)
})
