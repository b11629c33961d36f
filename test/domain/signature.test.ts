import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { standardWebhooks } from '../../src/domain/schemes/standard-webhooks.ts'
import {
  isSignedWith,
  isTimely,
  newMessageId,
  readMessageHeaders,
  signMessage,
  toleranceSeconds,
  type SignedMessage,
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

function read(changed: Record<string, string>): SignedMessage | null {
  return readMessageHeaders(standardWebhooks, { ...headers, ...changed }, message.payload)
}

/** Returns a well-formed signature that no secret produced. */
function madeUp(fill: number): string {
  return `v1,${Buffer.alloc(32, fill).toString('base64')}`
}

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

test('accepts header names in any letter case', () => {
  const mixed = {
    'Webhook-Id': message.id,
    'WEBHOOK-TIMESTAMP': '1614265330',
    'webhook-Signature': signature,
    'x-other': '1',
  }
  const expected = { ...message, signatures: [Buffer.from(signature.slice(3), 'base64')] }
  expect(readMessageHeaders(standardWebhooks, mixed, message.payload)).toEqual(expected)
  expect(readMessageHeaders(standardWebhooks, headers, message.payload)).toEqual(expected)
})

test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
  'the headers are malformed if %s is missing or empty',
  (name) => {
    const rest = Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name))
    expect(readMessageHeaders(standardWebhooks, rest, message.payload)).toBeNull()
    expect(read({ [name]: '' })).toBeNull()
  },
)

test.each(['-1', '+1', '1.5', '1e9', '0x1', ' 1', '1 ', 'now', '1234567890123', '１'])(
  'treats the timestamp %j as malformed',
  (timestamp) => {
    expect(read({ 'webhook-timestamp': timestamp })).toBeNull()
  },
)

test.each(['00', '01614265330', '001614265330'])(
  'treats the timestamp %j with leading zeros as malformed',
  (timestamp) => {
    expect(read({ 'webhook-timestamp': timestamp })).toBeNull()
  },
)

test.each([
  ['0', 0],
  ['1', 1],
  ['253402300799', 253_402_300_799],
])('reads the timestamp %j as %d', (text, timestamp) => {
  expect(read({ 'webhook-timestamp': text })?.timestamp).toBe(timestamp)
})

test.each([
  ['of another version', signature.replace('v1,', 'v1a,')],
  ['of another version whose name has the same length', signature.replace('v1,', 'v2,')],
  ['without a version', signature.slice(3)],
  ['with only a version', 'v1,'],
  ['that is not base64', 'v1,????'],
  ['of 31 bytes', `v1,${Buffer.alloc(31).toString('base64')}`],
  ['of 33 bytes', `v1,${Buffer.alloc(33).toString('base64')}`],
  ['without its padding', signature.slice(0, -1)],
  ['in base64url', signature.replaceAll('+', '-').replaceAll('/', '_')],
  ['whose unused base64 bits are set', signature.replace('E=', 'F=')],
  ['with trailing text', `${signature}=`],
  ['in a list separated by commas', `${signature},${signature}`],
])('treats a signature %s as malformed, because receivers compare signatures as text', (_, value) => {
  expect(read({ 'webhook-signature': value })).toBeNull()
})

test('ignores malformed signatures and reads the others', () => {
  const value = `v1a,${signature.slice(3)} v2,x  v1,short ${madeUp(1)} ${signature}`
  expect(read({ 'webhook-signature': value })?.signatures).toEqual([
    Buffer.alloc(32, 1),
    Buffer.from(signature.slice(3), 'base64'),
  ])
})

test('reads a header with 50 signatures, and treats one with 51 as malformed', () => {
  const many = (count: number) => Array<string>(count).fill(signature).join(' ')
  expect(read({ 'webhook-signature': many(50) })?.signatures).toHaveLength(50)
  expect(read({ 'webhook-signature': many(51) })).toBeNull()
})

test('a message counts as signed with a secret if any of its signatures matches', () => {
  for (const value of [
    signature,
    `${madeUp(1)} ${signature}`,
    `${signature} ${madeUp(1)}`,
    `${signature} ${signature}`,
  ]) {
    const signed = read({ 'webhook-signature': value })
    expect(signed && isSignedWith(standardWebhooks, signed, secret)).toBe(true)
    expect(signed && isSignedWith(standardWebhooks, signed, otherSecret)).toBe(false)
  }
})

test('a signature no longer matches if the ID, timestamp or payload is changed', () => {
  const signed: SignedMessage = { ...message, signatures: [Buffer.from(signature.slice(3), 'base64')] }
  expect(isSignedWith(standardWebhooks, signed, secret)).toBe(true)
  expect(isSignedWith(standardWebhooks, { ...signed, id: `${signed.id}x` }, secret)).toBe(false)
  expect(isSignedWith(standardWebhooks, { ...signed, timestamp: message.timestamp + 1 }, secret)).toBe(false)
  expect(
    isSignedWith(standardWebhooks, { ...signed, payload: Buffer.from('{"test": 2432232315}') }, secret),
  ).toBe(false)
  expect(isSignedWith(standardWebhooks, { ...signed, signatures: [Buffer.alloc(32)] }, secret)).toBe(false)
})

test('a message is timely if its timestamp is within 5 minutes of the current time, rounded down to a second', () => {
  expect(toleranceSeconds).toBe(300)
  const at = (now: number) => isTimely(message, now)
  const sent = message.timestamp * 1000
  expect([at(sent), at(sent + 300_999), at(sent + 301_000)]).toEqual([true, true, false])
  expect([at(sent - 300_000), at(sent - 300_001)]).toEqual([true, false])
})
