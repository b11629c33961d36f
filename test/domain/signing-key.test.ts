import { expect, test } from 'vitest'
import { isLive, keyState, newKeyId, type SigningKey } from '../../src/domain/signing-key.ts'

const key: SigningKey = {
  applicationId: 'app',
  webhookId: 'hook',
  id: newKeyId(0),
  generation: 1,
  fingerprint: 'whsec_****0000',
  sha256: '0'.repeat(64),
  guessable: false,
  createdAt: 0,
  createdBy: null,
  reason: null,
  expiresAt: null,
  revokedAt: null,
  secretErased: false,
}

test.each([
  ['current', { expiresAt: null }, 1000, true],
  ['previous', { expiresAt: 1001 }, 1000, true],
  ['expired', { expiresAt: 1000 }, 1000, false],
  ['expired', { expiresAt: 999 }, 1000, false],
  ['revoked', { expiresAt: 2000, revokedAt: 900 }, 1000, false],
  ['revoked', { expiresAt: 900, revokedAt: 900 }, 1000, false],
  ['expired', { expiresAt: null, secretErased: true }, 1000, false],
  ['expired', { expiresAt: 2000, secretErased: true }, 1000, false],
  ['revoked', { expiresAt: 2000, revokedAt: 900, secretErased: true }, 1000, false],
] as const)('a key is %s if it has %o and the time is %d', (state, ends, now, live) => {
  expect(keyState({ ...key, ...ends }, now)).toBe(state)
  expect(isLive({ ...key, ...ends }, now)).toBe(live)
})

test('a key ID encodes its creation time and 80 random bits', () => {
  const ids = Array.from({ length: 1000 }, () => newKeyId(1_700_000_000_000))
  for (const id of ids) expect(id).toMatch(/^key_AYvP5WgA[A-Za-z0-9_-]{14}$/)
  const bytes = ids.map((id) => Buffer.from(id.slice('key_'.length), 'base64url'))
  for (let byte = 6; byte < 16; byte++)
    expect(new Set(bytes.map((each) => each[byte])).size).toBeGreaterThan(200)
})
