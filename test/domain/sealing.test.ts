import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { Keyring, SealError } from '../../src/domain/sealing.ts'
import { PrivateKey } from '../../src/domain/private-key.ts'
import { newKeyId } from '../../src/domain/signing-key.ts'
import { fingerprint, generateSigningSecret, parseSigningSecret } from '../../src/domain/signing-secret.ts'

const old = { kid: 'old', key: new Uint8Array(32).fill(1) }
const fresh = { kid: 'fresh', key: new Uint8Array(32).fill(2) }
const owner = { applicationId: 'app', webhookId: 'hook', keyId: newKeyId(0) }

test('a sealed secret is a compact JWE (dir, A256GCM) under the newest encryption key', () => {
  const sealed = new Keyring([fresh, old]).seal(generateSigningSecret(), owner)
  expect(decodeProtectedHeader(sealed)).toEqual({
    alg: 'dir',
    enc: 'A256GCM',
    kid: 'fresh',
    rekey: `app/hook/${owner.keyId}`,
  })
})

test('a sealed secret does not contain its plaintext and can be unsealed', () => {
  const keyring = new Keyring([fresh])
  const secret = generateSigningSecret()
  const sealed = keyring.seal(secret, owner)
  expect(keyring.unseal(sealed, owner)).toBe(secret)
  expect(sealed).not.toContain(secret.slice(6))
  expect(sealed).not.toContain(Buffer.from(secret).toString('base64url'))
})

test('jose decrypts a secret that Rekey sealed, and Rekey unseals a secret that jose encrypted', async () => {
  const keyring = new Keyring([fresh])
  const secret = generateSigningSecret()
  const { plaintext, protectedHeader } = await compactDecrypt(keyring.seal(secret, owner), fresh.key, {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  })
  expect(Buffer.from(plaintext).toString()).toBe(secret)
  const theirs = await new CompactEncrypt(Buffer.from(secret))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'fresh', rekey: protectedHeader['rekey'] })
    .encrypt(fresh.key)
  expect(keyring.unseal(theirs, owner)).toBe(secret)
})

test('a sealed private key has a header of its own, so it cannot be mistaken for a secret', async () => {
  const keyring = new Keyring([fresh])
  const key = PrivateKey.generate()
  const sealed = keyring.seal(key, owner)
  const header = { alg: 'dir', enc: 'A256GCM', kid: 'fresh', rekey: `app/hook/${owner.keyId}/private` }
  expect(decodeProtectedHeader(sealed)).toEqual(header)
  const unsealed = keyring.unseal(sealed, owner)
  expect(unsealed instanceof PrivateKey && unsealed.publicKey).toBe(key.publicKey)
  const { plaintext } = await compactDecrypt(sealed, fresh.key)
  expect(Buffer.from(plaintext).toString()).toBe(key.toSealedText())
  // The header that a version without private keys accepts.
  const asSecret = await new CompactEncrypt(plaintext)
    .setProtectedHeader({ ...header, rekey: `app/hook/${owner.keyId}` })
    .encrypt(fresh.key)
  expect(typeof keyring.unseal(asSecret, owner)).toBe('string')
  const asKey = await new CompactEncrypt(Buffer.from('legacy_secret-0123'))
    .setProtectedHeader(header)
    .encrypt(fresh.key)
  expect(() => keyring.unseal(asKey, owner)).toThrow(SealError)
})

test('sealing the same secret twice produces different JWEs', () => {
  const keyring = new Keyring([fresh])
  const secret = generateSigningSecret()
  expect(keyring.seal(secret, owner)).not.toBe(keyring.seal(secret, owner))
})

test('an older encryption key still unseals the secrets that it sealed', () => {
  const secret = generateSigningSecret()
  const sealed = new Keyring([old]).seal(secret, owner)
  expect(new Keyring([fresh, old]).unseal(sealed, owner)).toBe(secret)
})

test('unsealing fails if the encryption key is missing, and the error names the kid', () => {
  const sealed = new Keyring([old]).seal(generateSigningSecret(), owner)
  const message = `the secret of app/hook/${owner.keyId} cannot be unsealed: REKEY_ENCRYPTION_KEYS has no key with kid "old"; add the key that sealed this secret`
  expect(() => new Keyring([fresh]).unseal(sealed, owner)).toThrow(new SealError(message))
})

test.each([
  ['application', { applicationId: 'other' }],
  ['webhook', { webhookId: 'other' }],
  ['key', { keyId: newKeyId(0) }],
])('unsealing fails if the secret was sealed for another %s', (_, other) => {
  const keyring = new Keyring([fresh])
  const sealed = keyring.seal(generateSigningSecret(), owner)
  expect(() => keyring.unseal(sealed, { ...owner, ...other })).toThrow(
    expect.objectContaining({
      name: 'SealError',
      message: expect.stringMatching(
        / cannot be unsealed: the header of its JWE was changed or belongs to another signing key; restore it from a backup$/,
      ),
    }),
  )
})

test('unsealing fails if any part of the JWE was changed', () => {
  const keyring = new Keyring([fresh, old])
  const sealed = keyring.seal(generateSigningSecret(), owner)
  const parts = sealed.split('.')
  const header = { ...decodeProtectedHeader(sealed), rekey: 'app/hook/other' }
  const changes = [
    [0, Buffer.from(JSON.stringify(header)).toString('base64url')],
    [2, Buffer.alloc(12).toString('base64url')],
    [3, Buffer.alloc(50).toString('base64url')],
    [4, Buffer.alloc(16).toString('base64url')],
    [1, 'AAAA'],
    // A truncated authentication tag would be easier to forge.
    [4, parts[4]?.slice(0, 16) ?? ''],
    [4, `${parts[4]}.`],
  ] as const
  for (const [index, part] of changes) {
    expect(() => keyring.unseal(parts.with(index, part).join('.'), owner)).toThrow(SealError)
  }
  expect(() => keyring.unseal('nonsense', owner)).toThrow(
    expect.objectContaining({
      name: 'SealError',
      message: `the secret of app/hook/${owner.keyId} cannot be unsealed: its seal is broken, because the stored text or the encryption key was changed`,
    }),
  )
})

test('unsealing fails if the JWE uses another algorithm, even with the right encryption key', async () => {
  const keyring = new Keyring([fresh])
  const sealed = await new CompactEncrypt(Buffer.from(generateSigningSecret()))
    .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', kid: 'fresh', rekey: `app/hook/${owner.keyId}` })
    .encrypt(fresh.key)
  expect(() => keyring.unseal(sealed, owner)).toThrow(SealError)
})

test('unsealing fails if the JWE has no kid', async () => {
  const { CompactEncrypt } = await import('jose')
  const sealed = await new CompactEncrypt(Buffer.from(generateSigningSecret()))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', rekey: `app/hook/${owner.keyId}` })
    .encrypt(fresh.key)
  expect(() => new Keyring([fresh]).unseal(sealed, owner)).toThrow(
    'REKEY_ENCRYPTION_KEYS has no key with kid undefined; add the key that sealed this secret',
  )
})

test('a keyring reports its newest kid and whether it has a given kid', () => {
  const keyring = new Keyring([fresh, old])
  expect([keyring.newestKid, keyring.has('old'), keyring.has('fresh'), keyring.has('other')]).toEqual([
    'fresh',
    true,
    true,
    false,
  ])
})

const guessable = parseSigningSecret('correct-horse-battery')

test('the fingerprint of a guessable secret reveals no SHA-256 and depends on the encryption key', () => {
  const sha256 = createHash('sha256').update(guessable).digest('hex')
  const hmacs = [fresh, old].map(({ key }) => {
    const derived = hkdfSync('sha256', key, '', 'rekey fingerprint', 32)
    return createHmac('sha256', Buffer.from(derived)).update(sha256).digest('hex')
  })
  expect(new Keyring([fresh, old]).fingerprint(guessable)).toEqual({
    short: `whsec_****${hmacs[0]?.slice(0, 4)}`,
    sha256: hmacs[0],
    guessable: true,
    olderSha256: [hmacs[1]],
  })
})

test('the fingerprint of a public key is a hash of its text', () => {
  const { publicKey } = PrivateKey.generate()
  const sha256 = createHash('sha256').update(publicKey).digest('hex')
  expect(new Keyring([fresh, old]).fingerprint(publicKey)).toEqual({
    short: `whpk_****${sha256.slice(0, 4)}`,
    sha256,
    guessable: false,
    olderSha256: [],
  })
})

test('the fingerprint of a secret that Rekey could have generated is the same under every encryption key', () => {
  const secret = generateSigningSecret()
  expect(new Keyring([fresh, old]).fingerprint(secret)).toEqual(fingerprint(secret))
})
