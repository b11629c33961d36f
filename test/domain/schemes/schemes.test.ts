import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { PrivateKey } from '../../../src/domain/private-key.ts'
import { schemes, toScheme, type SchemeName } from '../../../src/domain/schemes/schemes.ts'
import { signMessage } from '../../../src/domain/signature.ts'
import type { SigningSecret } from '../../../src/domain/signing-secret.ts'

const payload = Buffer.from([0x00, 0xff, 0xc3, 0x28, 0x0d, 0x0a])
const message = { id: 'msg_1', timestamp: 1_614_265_330, payload }
const [newer, older] = [7, 8].map((fill) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`) as [
  SigningSecret,
  SigningSecret,
]
const decoded = { [newer]: Buffer.alloc(32, 7), [older]: Buffer.alloc(32, 8) }

function hmac(secret: string | Buffer, before: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', secret).update(before).update(payload).digest(encoding)
}

test.each(['webhook', 'svix'])(
  '%s headers carry the ID, the timestamp and a signature per secret',
  (prefix) => {
    const scheme = schemes[prefix === 'svix' ? 'svix' : 'standard-webhooks']
    const made = [newer, older].map(
      (secret) => `v1,${hmac(decoded[secret] ?? '', 'msg_1.1614265330.', 'base64')}`,
    )
    expect(signMessage(scheme, message, [newer, older])).toEqual({
      [`${prefix}-id`]: 'msg_1',
      [`${prefix}-timestamp`]: '1614265330',
      [`${prefix}-signature`]: made.join(' '),
    })
  },
)

test('stripe and paddle headers carry the timestamp and a signature per secret, newest first', () => {
  const stripe = [newer, older].map((secret) => `,v1=${hmac(secret, '1614265330.', 'hex')}`)
  expect(signMessage(schemes.stripe, message, [newer, older])).toEqual({
    'Stripe-Signature': `t=1614265330${stripe.join('')}`,
  })
  const paddle = [newer, older].map((secret) => `;h1=${hmac(secret, '1614265330:', 'hex')}`)
  expect(signMessage(schemes.paddle, message, [newer, older])).toEqual({
    'Paddle-Signature': `ts=1614265330${paddle.join('')}`,
  })
})

test('shopify headers carry the base64 of one signature', () => {
  expect(signMessage(schemes.shopify, message, [newer])).toEqual({
    'X-Shopify-Hmac-Sha256': hmac(newer, '', 'base64'),
  })
})

test("signing the example from GitHub's documentation returns the documented signature", () => {
  const secret = "It's a Secret to Everybody" as SigningSecret
  const hello = { ...message, payload: Buffer.from('Hello, World!') }
  expect(signMessage(schemes.github, hello, [secret])).toEqual({
    'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  })
})

test("signing the example from Slack's documentation returns the documented signature", () => {
  const secret = '8f742231b10e8888abcd99yyyzzz85a5' as SigningSecret
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V' +
    '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
    '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c'
  const command = { ...message, timestamp: 1_531_420_618, payload: Buffer.from(body) }
  expect(signMessage(schemes.slack, command, [secret])).toEqual({
    'X-Slack-Request-Timestamp': '1531420618',
    'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  })
})

test("signing the example from Standard Webhooks' Go library returns its signature", () => {
  const key = PrivateKey.fromSealedText('whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=')
  const example = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    payload: Buffer.from('{"test": 2432232314}'),
  }
  const signature =
    'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=='
  expect(signMessage(schemes.ed25519, example, [key])).toEqual({
    'webhook-id': example.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': signature,
  })
  expect(signMessage(schemes.ed25519, example, [PrivateKey.generate(), key])).toMatchObject({
    'webhook-signature': expect.stringMatching(/^v1a,[A-Za-z0-9+/]{86}== v1a,[A-Za-z0-9+/]{86}==$/),
  })
})

test('a private key cannot sign with HMAC, and a secret cannot sign with Ed25519', () => {
  const key = PrivateKey.generate()
  expect(() => signMessage(schemes['standard-webhooks'], message, [key])).toThrow('cannot sign with HMAC')
  expect(() => signMessage(schemes.ed25519, message, [newer])).toThrow('cannot sign with Ed25519')
})

test('a webhook can carry its signatures in a header of its own', () => {
  const headers = signMessage(toScheme({ name: 'github', header: 'X-Merchant' }), message, [newer])
  expect(headers).toEqual({ 'X-Merchant': `sha256=${hmac(newer, '', 'hex')}` })
})

test('a scheme stored by a newer version fails with an error that says so', () => {
  expect(() => toScheme({ name: 'future' as SchemeName, header: null })).toThrow(
    'unknown signature scheme future: a newer version of Rekey stored it; run that version',
  )
})
