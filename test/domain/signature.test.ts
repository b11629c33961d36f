import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Message } from '../../src/domain/schemes/scheme.ts'
import { standardWebhooks } from '../../src/domain/schemes/standard-webhooks.ts'
import {
  contentOf,
  isSignedWith,
  isTimely,
  newMessageId,
  signMessage,
  toleranceSeconds,
} from '../../src/domain/signature.ts'
import type { SigningSecret } from '../../src/domain/signing-secret.ts'

/** The secret, signature and message of the example in the Svix and Standard Webhooks documentation. */
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' as SigningSecret
const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
const message = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  payload: Buffer.from('{"test": 2432232314}'),
}
const headers = {
  'webhook-id': message.id,
  'webhook-timestamp': '1614265330',
  'webhook-signature': signature,
}

const otherSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}` as SigningSecret

test('signing the documented example returns the documented signature', () => {
  expect(signMessage(standardWebhooks, message, [secret])).toEqual(headers)
})

test('signing returns one signature for each secret, in order, separated by spaces', () => {
  const other = createHmac('sha256', Buffer.alloc(32, 7))
    .update('msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}')
    .digest('base64')
  expect(signMessage(standardWebhooks, message, [otherSecret, secret])['webhook-signature']).toBe(
    `v1,${other} ${signature}`,
  )
  expect(signMessage(standardWebhooks, message, [secret, otherSecret])['webhook-signature']).toBe(
    `${signature} v1,${other}`,
  )
})

test('signs the exact bytes of a payload that is not text', () => {
  const payload = Buffer.from([0x00, 0xff, 0xc3, 0x28, 0x0d, 0x0a])
  const expected = createHmac('sha256', Buffer.alloc(32, 7))
    .update(Buffer.concat([Buffer.from('id.5.'), payload]))
    .digest('base64')
  expect(signMessage(standardWebhooks, { id: 'id', timestamp: 5, payload }, [otherSecret])).toEqual({
    'webhook-id': 'id',
    'webhook-timestamp': '5',
    'webhook-signature': `v1,${expected}`,
  })
})

test('a message ID is unique and consists of msg_ and 16 random bytes in base64url', () => {
  const ids = Array.from({ length: 1000 }, newMessageId)
  expect(new Set(ids).size).toBe(1000)
  for (const id of ids) expect(id).toMatch(/^msg_[A-Za-z0-9_-]{22}$/)
})

test('a message counts as signed with a secret if any of its signatures matches', () => {
  const made = Buffer.from(signature.slice(3), 'base64')
  const other = Buffer.alloc(32, 1)
  const content = contentOf(standardWebhooks, message)
  for (const signatures of [[made], [other, made], [made, other], [made, made]]) {
    expect(isSignedWith(standardWebhooks, { content, signatures }, secret)).toBe(true)
    expect(isSignedWith(standardWebhooks, { content, signatures }, otherSecret)).toBe(false)
  }
})

test('a signature no longer matches if the ID, timestamp or payload is changed', () => {
  const signatures = [Buffer.from(signature.slice(3), 'base64')]
  const isSigned = (change: Partial<Message>) => {
    const content = contentOf(standardWebhooks, { ...message, ...change })
    return isSignedWith(standardWebhooks, { content, signatures }, secret)
  }
  expect(isSigned({})).toBe(true)
  expect(isSigned({ id: `${message.id}x` })).toBe(false)
  expect(isSigned({ timestamp: message.timestamp + 1 })).toBe(false)
  expect(isSigned({ payload: Buffer.from('{"test": 2432232315}') })).toBe(false)
  const content = contentOf(standardWebhooks, message)
  const zeros = [Buffer.alloc(32)]
  expect(isSignedWith(standardWebhooks, { content, signatures: zeros }, secret)).toBe(false)
})

test('a message is timely if its timestamp is within 5 minutes of the current time, rounded down to a second', () => {
  expect(toleranceSeconds).toBe(300)
  const at = (now: number) => isTimely(message, now)
  const sent = message.timestamp * 1000
  expect([at(sent), at(sent + 300_999), at(sent + 301_000)]).toEqual([true, true, false])
  expect([at(sent - 300_000), at(sent - 300_001)]).toEqual([true, false])
})
