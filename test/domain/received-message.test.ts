import { describe, expect, test } from 'vitest'
import { readMessage, type ReceivedHeaders } from '../../src/domain/received-message.ts'
import { schemes, toScheme, type SchemeName } from '../../src/domain/schemes/schemes.ts'
import { signMessage } from '../../src/domain/signature.ts'
import { keyMaterial } from '../support/key-material.ts'

const payload = Buffer.from('{"test": 2432232314}')
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, payload }
const bytes = Buffer.alloc(32, 0xfb)
const signature = `v1,${bytes.toString('base64')}`
const headers = {
  'webhook-id': message.id,
  'webhook-timestamp': '1614265330',
  'webhook-signature': signature,
}
const secretsOf = (name: SchemeName) => [1, 2].map((fill) => keyMaterial(schemes[name], fill))
const names = Object.keys(schemes) as SchemeName[]

function read(changed: ReceivedHeaders) {
  return readMessage(schemes['standard-webhooks'], { ...headers, ...changed }, payload)
}

/** Returns a well-formed signature that no secret produced. */
function madeUp(fill: number): string {
  return `v1,${Buffer.alloc(32, fill).toString('base64')}`
}

describe.each(names)('%s', (name) => {
  const scheme = schemes[name]
  const count = scheme.separator === undefined ? 1 : 2
  const secrets = secretsOf(name)
  const signed = signMessage(scheme, message, secrets.slice(0, count))
  const expected = readMessage(scheme, signed, payload)

  test('reads what it wrote', () => {
    expect(expected).toMatchObject({ payload, signatures: { length: count } })
  })

  test('reads header names in any case and arrays of values, and ignores other headers of any length', () => {
    const upper = Object.fromEntries(
      Object.entries(signed).map(([key, value]) => [key.toUpperCase(), [value]]),
    )
    expect(readMessage(scheme, { ...upper, 'X-Other': 'x'.repeat(100_000) }, payload)).toEqual(expected)
  })

  test('reads a header sent on several lines, joined or not, in any order', () => {
    const line = signed[scheme.signatureHeader] ?? ''
    const other = signMessage(scheme, message, secrets.slice(1))[scheme.signatureHeader] ?? ''
    for (const value of [[other, line], `${other}, ${line}`, `${other},${line}`]) {
      const found = readMessage(scheme, { ...signed, [scheme.signatureHeader]: value }, payload)
      expect(found).toMatchObject({ signatures: { length: count + 1 } })
    }
  })

  test('reads headers whose equal lines were joined with a comma', () => {
    const twice = Object.fromEntries(
      Object.entries(signed).map(([key, value]) => [key, `${value}, ${value}`]),
    )
    expect(readMessage(scheme, twice, payload)).toMatchObject({ signatures: { length: count * 2 } })
  })

  test('the headers are malformed if one is missing, empty or longer than 8,192 characters in total', () => {
    for (const [header, line] of Object.entries(signed)) {
      const lines = Array<string>(Math.ceil(8_193 / line.length)).fill(line)
      const rest = Object.fromEntries(Object.entries(signed).filter(([key]) => key !== header))
      expect(readMessage(scheme, rest, payload)).toBe('malformed_header')
      for (const value of ['', [], 'x'.repeat(8_193), lines])
        expect(readMessage(scheme, { ...rest, [header]: value }, payload)).toBe('malformed_header')
    }
  })

  test('no character of a signature can be left out or changed', () => {
    const value = signed[scheme.signatureHeader] ?? ''
    for (const changed of [value.slice(0, -1), `${value}0`, value.toUpperCase()])
      expect(readMessage(scheme, { ...signed, [scheme.signatureHeader]: changed }, payload)).not.toEqual(
        expected,
      )
  })
})

test.each(['-1', '+1', '1.5', '1e9', '0x1', ' 1', '1 ', 'now', '123456789012345', '１', '00', '01614265330'])(
  'treats the timestamp %j as malformed',
  (timestamp) => {
    expect(read({ 'webhook-timestamp': timestamp })).toBe('malformed_header')
  },
)

test.each([
  ['0', 0],
  ['1', 1],
  ['253402300799', 253_402_300_799],
])('reads the timestamp %j as %d', (text, timestamp) => {
  expect(read({ 'webhook-timestamp': text })).toMatchObject({ timestamp })
})

test.each(names.filter((name) => name !== 'github' && name !== 'shopify'))(
  'a timestamp in milliseconds has its own reason with %s',
  (name) => {
    const late = { ...message, timestamp: message.timestamp * 1000 }
    const signed = signMessage(schemes[name], late, secretsOf(name).slice(0, 1))
    expect(readMessage(schemes[name], signed, payload)).toBe('timestamp_in_milliseconds')
  },
)

test.each(['stripe', 'paddle'] as const)('the parameters of %s can come in any order', (name) => {
  const { signatureHeader, separator = '' } = schemes[name]
  const signed = signMessage(schemes[name], message, secretsOf(name))
  const reversed = signed[signatureHeader]?.split(separator).toReversed().join(separator) ?? ''
  expect(readMessage(schemes[name], { [signatureHeader]: reversed }, payload)).toMatchObject({
    timestamp: message.timestamp,
    signatures: { length: 2 },
  })
})

test('header lines with different IDs or timestamps are malformed', () => {
  expect(read({ 'webhook-timestamp': ['1614265330', '1614265331'] })).toBe('malformed_header')
  expect(read({ 'webhook-id': ['msg_1', 'msg_2'] })).toBe('malformed_header')
  const stripe = `t=1,v1=${bytes.toString('hex')},t=2`
  expect(readMessage(schemes.stripe, { 'stripe-signature': stripe }, payload)).toBe('malformed_header')
})

test('reads the header that the webhook names instead of the default', () => {
  const scheme = toScheme({ name: 'github', header: 'X-Merchant-Signature' })
  const value = `sha256=${bytes.toString('hex')}`
  expect(readMessage(scheme, { 'x-merchant-signature': value }, payload)).toMatchObject({
    signatures: [bytes],
  })
  expect(readMessage(scheme, { 'x-hub-signature-256': value }, payload)).toBe('malformed_header')
})

test.each([
  ['of another version', signature.replace('v1,', 'v1a,')],
  ['of another version whose name has the same length', signature.replace('v1,', 'v2,')],
  ['without a version', signature.slice(3)],
  ['with only a version', 'v1,'],
])('treats a signature %s as unknown', (_, value) => {
  expect(read({ 'webhook-signature': value })).toBe('no_known_signature')
})

test('github ignores SHA-1 signatures', () => {
  const value = `sha1=${'0'.repeat(40)}`
  expect(readMessage(schemes.github, { 'x-hub-signature-256': value }, payload)).toBe('no_known_signature')
})

test.each([
  ['that is not base64', 'v1,????'],
  ['of 31 bytes', `v1,${Buffer.alloc(31).toString('base64')}`],
  ['of 33 bytes', `v1,${Buffer.alloc(33).toString('base64')}`],
  ['without its padding', signature.slice(0, -1)],
  ['in base64url', signature.replaceAll('+', '-').replaceAll('/', '_')],
  ['whose unused base64 bits are set', signature.replace('s=', 't=')],
  ['with trailing text', `${signature}=`],
])('treats a signature %s as malformed, because receivers compare signatures as text', (_, value) => {
  expect(value).not.toBe(signature)
  expect(read({ 'webhook-signature': value })).toBe('malformed_header')
})

test('ed25519 reads only v1a signatures of 64 bytes', () => {
  const made = Buffer.alloc(64, 0xfb)
  const readEd25519 = (value: string) =>
    readMessage(schemes.ed25519, { ...headers, 'webhook-signature': value }, payload)
  const v1a = `v1a,${made.toString('base64')}`
  for (const value of [v1a, `${signature} ${v1a}`, `${v1a} ${signature}`, `v1a,${signature.slice(3)} ${v1a}`])
    expect(readEd25519(value)).toMatchObject({ signatures: [made] })
  expect(readEd25519(signature)).toBe('no_known_signature')
  expect(readEd25519(`v1,${made.toString('base64')}`)).toBe('no_known_signature')
  expect(readEd25519(`v1a,${signature.slice(3)}`)).toBe('malformed_header')
  expect(read({ 'webhook-signature': `v1,${made.toString('base64')}` })).toBe('malformed_header')
})

test('ignores malformed signatures and those of other versions, and reads the others', () => {
  const value = `v1a,${signature.slice(3)} v2,x  v1,short ${madeUp(1)} ${signature}`
  expect(read({ 'webhook-signature': value })).toMatchObject({ signatures: [Buffer.alloc(32, 1), bytes] })
})

test('reads a header with 50 signatures, and treats one with 51 as malformed', () => {
  const many = (count: number) => Array<string>(count).fill(signature).join(' ')
  expect(read({ 'webhook-signature': many(50) })).toMatchObject({ signatures: { length: 50 } })
  expect(read({ 'webhook-signature': many(51) })).toBe('malformed_header')
})
