import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  fingerprint,
  generateSigningSecret,
  holdsSigningSecret,
  isDecodable,
  InvalidSigningSecret,
  parseSigningSecret,
} from '../../src/domain/signing-secret.ts'

function secretOf(bytes: number): string {
  return `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`
}

test('a generated secret is unique and consists of whsec_ and 32 bytes in base64', () => {
  const secrets = Array.from({ length: 1000 }, generateSigningSecret)
  expect(new Set(secrets).size).toBe(1000)
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32)
  }
})

test('a generated secret can be imported into every scheme', () => {
  const secret = generateSigningSecret()
  expect(parseSigningSecret(secret)).toBe(secret)
  expect(isDecodable(secret)).toBe(true)
})

test.each([24, 25, 26, 32, 63, 64])('a secret of whsec_ and the base64 of %d bytes is decodable', (bytes) => {
  expect(isDecodable(secretOf(bytes))).toBe(true)
})

test.each([
  ['of 23 bytes', secretOf(23)],
  ['of 65 bytes', secretOf(65)],
  ['without the prefix', secretOf(32).slice(6)],
  ['with another prefix', secretOf(32).replace('whsec_', 'whpub_')],
  ['with only the prefix', 'whsec_'],
  ['without padding', secretOf(32).replace('=', '')],
  ['whose unused base64 bits are set', secretOf(32).replace(/.=$/, 'd=')],
  ['in base64url', `whsec_${Buffer.alloc(33, 255).toString('base64url')}`],
  ['with whitespace', `${secretOf(33)} `],
  ['that is empty', ''],
])('a secret %s is not decodable', (_, text) => {
  expect(isDecodable(text)).toBe(false)
})

test('text of 16 to 256 visible ASCII characters can be imported', () => {
  for (const text of ['!'.repeat(16), '~'.repeat(256), 'shpss_0123456789abcdef', 'a"b\\c<d>e&f;g,h=i'])
    expect(parseSigningSecret(text)).toBe(text)
})

test.each([
  ['of 15 characters', 'a'.repeat(15)],
  ['of 257 characters', 'a'.repeat(257)],
  ['with a space', 'a secret with spaces'],
  ['with a line break', `${'a'.repeat(20)}\n`],
  ['with a character beyond ASCII', `${'a'.repeat(20)}é`],
  ['that is a private key', `whsk_${Buffer.alloc(32, 9).toString('base64')}`],
  ['that is a private key with its public key', `whsk_${Buffer.alloc(64, 9).toString('base64')}`],
  ['that is a public key', `whpk_${Buffer.alloc(32, 9).toString('base64')}`],
])('rejects an imported secret %s without quoting it in the error', (_, text) => {
  expect(() => parseSigningSecret(text)).toThrow(new InvalidSigningSecret())
})

test('the fingerprint is the SHA-256 of the whole secret, including its whsec_ prefix', () => {
  const secret = generateSigningSecret()
  const sha256 = createHash('sha256').update(secret, 'utf8').digest('hex')
  expect(fingerprint(secret)).toEqual({
    short: `whsec_****${sha256.slice(0, 4)}`,
    sha256,
    guessable: false,
    olderSha256: [],
  })
})

test('detects a secret or private key in text, but not a fingerprint or the beginning of a secret', () => {
  const secret = secretOf(24)
  const encoded = `?secret=whsec_${encodeURIComponent('a+/b'.repeat(8))}`
  const privateKey = `whsk_${Buffer.alloc(64, 9).toString('base64')}`
  for (const text of [
    secret,
    privateKey,
    `leaked: ${generateSigningSecret()}!`,
    secret.replaceAll('/', '_'),
    encoded,
  ])
    expect(holdsSigningSecret(text)).toBe(true)
  for (const text of [
    '',
    'whsec_',
    fingerprint(generateSigningSecret()).short,
    secret.slice(0, -1),
    secret.slice(6),
  ])
    expect(holdsSigningSecret(text)).toBe(false)
})
