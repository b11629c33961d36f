import { createHmac, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { HmacKey } from '../../src/domain/hmac-key.ts'

test.each([
  ['every byte value', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ['one block of SHA-256', randomBytes(64)],
  ['one byte', Buffer.from([0x80])],
])('a key of %s signs all parts with HMAC-SHA256', (_, bytes) => {
  const parts = [Buffer.from('before'), randomBytes(100)]
  expect(new HmacKey(bytes).sign(parts).digest('hex')).toBe(
    createHmac('sha256', bytes).update(Buffer.concat(parts)).digest('hex'),
  )
})

test('a key appears neither in JSON nor in a log', () => {
  const key = new HmacKey(Buffer.from('legacy_secret-0123'))
  expect(JSON.stringify({ key }) + inspect({ key }, { showHidden: true, depth: 9 })).not.toContain('secret')
})
