import { createPublicKey, verify } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { PrivateKey } from '../../src/domain/private-key.ts'
import { isPublicKey, toJwk } from '../../src/domain/public-key.ts'

/** Test 2 of RFC 8032, section 7.1. */
const example = {
  private: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  public: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
    '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
}
const text = `whsk_${Buffer.from(example.private, 'hex').toString('base64')}`

test('produces the signature and public key of the RFC 8032 example', () => {
  const key = PrivateKey.fromSealedText(text)
  expect(key.sign(Buffer.from([0x72])).toString('hex')).toBe(example.signature)
  expect(key.publicKey).toBe(`whpk_${Buffer.from(example.public, 'hex').toString('base64')}`)
  expect(key.toSealedText()).toBe(text)
})

test('generated keys are unique, and can be restored from their sealed text', () => {
  const keys = Array.from({ length: 50 }, () => PrivateKey.generate())
  expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(50)
  for (const key of keys) {
    const restored = PrivateKey.fromSealedText(key.toSealedText())
    expect(restored.publicKey).toBe(key.publicKey)
    const jwk = createPublicKey({ key: { ...toJwk(key.publicKey, 'key_1') }, format: 'jwk' })
    expect(verify(null, Buffer.from('content'), jwk, restored.sign(Buffer.from('content')))).toBe(true)
  }
})

test.each(['', 'whsk_', text.slice(0, -1), `${text}=`, text.slice(0, -8), `whsec_${text.slice(5)}`])(
  'rejects the private key %j',
  (other) => {
    expect(() => PrivateKey.fromSealedText(other)).toThrow(new Error('the text is not a private key'))
  },
)

test('a private key never appears in JSON or util.inspect output, even after it has signed', () => {
  const key = PrivateKey.fromSealedText(text)
  key.sign(Buffer.from('content'))
  const shown = [
    JSON.stringify({ key }),
    inspect({ key }, { depth: 9, showHidden: true, getters: false }),
    JSON.stringify(Object.entries(key)),
  ]
  for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const)
    expect(shown.join()).not.toContain(Buffer.from(example.private, 'hex').toString(encoding).slice(0, 20))
})

test.each([
  ['a public key', `whpk_${Buffer.alloc(32, 1).toString('base64')}`, true],
  ['31 bytes', `whpk_${Buffer.alloc(31, 1).toString('base64')}`, false],
  ['33 bytes', `whpk_${Buffer.alloc(33, 1).toString('base64')}`, false],
  ['another prefix', `whsec_${Buffer.alloc(32, 1).toString('base64')}`, false],
  ['base64 without padding', `whpk_${Buffer.alloc(32, 1).toString('base64').slice(0, -1)}`, false],
  ['trailing text', `whpk_${Buffer.alloc(32, 1).toString('base64')} `, false],
])('isPublicKey of %s (%s) is %j', (_, publicKey, expected) => {
  expect(isPublicKey(publicKey)).toBe(expected)
})

test('a JSON Web Key has the members of RFC 8037 and no alg', () => {
  const { publicKey } = PrivateKey.fromSealedText(text)
  expect(toJwk(publicKey, 'key_1')).toEqual({
    kty: 'OKP',
    crv: 'Ed25519',
    x: Buffer.from(example.public, 'hex').toString('base64url'),
    use: 'sig',
    kid: 'key_1',
  })
})
