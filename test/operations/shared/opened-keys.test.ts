import { createHmac, randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { PrivateKey } from '../../../src/domain/private-key.ts'
import { Keyring, SealError, type SealedFor } from '../../../src/domain/sealing.ts'
import { sign, type Signer } from '../../../src/domain/signature.ts'
import type { Scheme } from '../../../src/domain/schemes/scheme.ts'
import { schemes } from '../../../src/domain/schemes/schemes.ts'
import { generateSigningSecret, type SigningSecret } from '../../../src/domain/signing-secret.ts'
import { OpenedKeys } from '../../../src/operations/shared/opened-keys.ts'

const { stripe, 'standard-webhooks': standardWebhooks } = schemes
const maxKeys = 16_384

/** Opens keys of numbered webhooks, and counts how often a secret is unsealed. */
function create() {
  const keyring = new Keyring([{ kid: 'k1', key: randomBytes(32) }])
  const opened = new OpenedKeys(keyring)
  const unseal = vi.spyOn(keyring, 'unseal')
  const sealed = new Map<string, string>()
  const open = (applicationId: string, number: number, scheme = standardWebhooks): Signer => {
    const owner = { applicationId, webhookId: `hook_${number}`, keyId: `key_${number}` }
    const id = `${applicationId}/${number}`
    const text = sealed.get(id) ?? keyring.seal(generateSigningSecret(), owner)
    sealed.set(id, text)
    return opened.open(text, owner, scheme)
  }
  /** Whether a key is cached, without caching it for longer. */
  const isOpen = (applicationId: string, number: number) => {
    const calls = unseal.mock.calls.length
    open(applicationId, number)
    return unseal.mock.calls.length === calls
  }
  return { keyring, opened, open, isOpen }
}

function fill(
  open: (applicationId: string, number: number) => unknown,
  applicationId: string,
  count: number,
) {
  for (let number = 0; number < count; number++) open(applicationId, number)
}

test('a key is unsealed once, until the cache is cleared', () => {
  const { opened, open, isOpen } = create()
  const key = open('app', 1)
  expect(open('app', 1)).toBe(key)
  expect(isOpen('app', 1)).toBe(true)
  opened.clear()
  expect(isOpen('app', 1)).toBe(false)
})

test('a cached key is not used for another key or webhook that has a copy of its sealed text', () => {
  const { keyring, opened } = create()
  const owner: SealedFor = { applicationId: 'app', webhookId: 'hook', keyId: 'key_1' }
  const sealed = keyring.seal(generateSigningSecret(), owner)
  const open = (change: Partial<SealedFor>) => opened.open(sealed, { ...owner, ...change }, standardWebhooks)
  const key = open({})
  for (const change of [{ keyId: 'key_2' }, { webhookId: 'other' }, { applicationId: 'other' }])
    expect(() => open(change)).toThrow(SealError)
  expect(open({})).toBe(key)
})

const content = [Buffer.from('message')]

function hmac(key: string | Buffer): string {
  return createHmac('sha256', key).update('message').digest('hex')
}

test('a cached key does not sign once another secret is sealed for it', () => {
  const { keyring, opened } = create()
  const owner = { applicationId: 'app', webhookId: 'hook', keyId: 'key_1' }
  const signWith = (secret: SigningSecret) =>
    sign(stripe, content, opened.open(keyring.seal(secret, owner), owner, stripe))
  const secrets = [generateSigningSecret(), generateSigningSecret()]
  expect(secrets.map(signWith)).toEqual(secrets.map((secret) => `v1=${hmac(secret)}`))
})

test('a scheme that derives a different key from the secret gets its own entry', () => {
  const { keyring, opened } = create()
  const owner = { applicationId: 'app', webhookId: 'hook', keyId: 'key_1' }
  const secret = generateSigningSecret()
  const sealed = keyring.seal(secret, owner)
  const signWith = (scheme: Scheme) => sign(scheme, content, opened.open(sealed, owner, scheme))
  const decoded = Buffer.from(hmac(Buffer.from(secret.slice('whsec_'.length), 'base64')), 'hex')
  for (let time = 0; time < 2; time++) {
    expect(signWith(standardWebhooks)).toBe(`v1,${decoded.toString('base64')}`)
    expect(signWith(stripe)).toBe(`v1=${hmac(secret)}`)
  }
})

test('caches at most 16,384 keys, of which an application drops none of its own', () => {
  const { open, isOpen } = create()
  fill(open, 'app', maxKeys)
  expect(isOpen('app', maxKeys)).toBe(false)
  expect(isOpen('app', maxKeys)).toBe(false)
  expect([0, 1, maxKeys - 1].map((number) => isOpen('app', number))).toEqual([true, true, true])
})

test('an application never evicts a key of an application that has fewer cached keys', () => {
  const { open, isOpen } = create()
  fill(open, 'small', 100)
  fill(open, 'large', 9_000)
  fill(open, 'hostile', 30_000)
  for (let number = 0; number < 100; number++) expect(isOpen('small', number)).toBe(true)
  // The hostile application grows until it has as many keys as the large one.
  const kept = Array.from({ length: 9_000 }, (_, number) => isOpen('large', number)).filter(Boolean)
  expect(kept.length).toBeGreaterThan(8_100)
})

test('a new application gets its keys cached even if another application has filled the cache', () => {
  const { open, isOpen } = create()
  fill(open, 'hostile', maxKeys)
  fill(open, 'newcomer', 500)
  for (let number = 0; number < 500; number++) expect(isOpen('newcomer', number)).toBe(true)
})

test('once an application is no longer the largest, another one makes room', () => {
  const { open, isOpen } = create()
  fill(open, 'second', maxKeys / 2 - 1)
  fill(open, 'largest', maxKeys / 2 + 1)
  for (let number = 0; number < maxKeys / 2; number++) open(`small ${number}`, 0)
  expect(isOpen('largest', 1)).toBe(false)
  open('second', maxKeys)
  open('newcomer', 0)
  expect([isOpen('newcomer', 0), isOpen('second', 0)]).toEqual([true, false])
})

test('a key with a very long sealed text is not cached', () => {
  const { keyring, opened } = create()
  const owner = { applicationId: 'app', webhookId: 'hook', keyId: 'key_1' }
  const sealed = keyring.seal('x'.repeat(1_000) as never, owner)
  expect(opened.open(sealed, owner, stripe)).not.toBe(opened.open(sealed, owner, stripe))
})

test('an Ed25519 private key is cached like a secret', () => {
  const { keyring, opened } = create()
  const owner = { applicationId: 'app', webhookId: 'hook', keyId: 'key_1' }
  const sealed = keyring.seal(PrivateKey.generate(), owner)
  const key = opened.open(sealed, owner, schemes.ed25519)
  expect(opened.open(sealed, owner, schemes.ed25519)).toBe(key)
  expect(() => opened.open(sealed, { ...owner, webhookId: 'other' }, schemes.ed25519)).toThrow(SealError)
})
