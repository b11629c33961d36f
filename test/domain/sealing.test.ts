import { decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { Keyring, SealError } from '../../src/domain/sealing.ts'
import { newKeyId } from '../../src/domain/signing-key.ts'
import { generateSigningSecret } from '../../src/domain/signing-secret.ts'

const old = { kid: 'old', key: new Uint8Array(32).fill(1) }
const fresh = { kid: 'fresh', key: new Uint8Array(32).fill(2) }
const owner = { applicationId: 'app', webhookId: 'hook', keyId: newKeyId() }

test('a sealed secret is a compact JWE, dir with A256GCM, under the newest key', async () => {
  const sealed = await new Keyring([fresh, old]).seal(generateSigningSecret(), owner)
  expect(decodeProtectedHeader(sealed)).toEqual({
    alg: 'dir',
    enc: 'A256GCM',
    kid: 'fresh',
    rekey: `app/hook/${owner.keyId}`,
  })
})

test('a sealed secret opens again, and does not contain the secret', async () => {
  const keyring = new Keyring([fresh])
  const secret = generateSigningSecret()
  const sealed = await keyring.seal(secret, owner)
  expect(await keyring.open(sealed, owner)).toBe(secret)
  expect(sealed).not.toContain(secret.slice(6))
  expect(sealed).not.toContain(Buffer.from(secret).toString('base64url'))
})

test('the same secret sealed twice looks different', async () => {
  const keyring = new Keyring([fresh])
  const secret = generateSigningSecret()
  expect(await keyring.seal(secret, owner)).not.toBe(await keyring.seal(secret, owner))
})

test('an older key of the keyring still opens what it sealed', async () => {
  const secret = generateSigningSecret()
  const sealed = await new Keyring([old]).seal(secret, owner)
  expect(await new Keyring([fresh, old]).open(sealed, owner)).toBe(secret)
})

test('without the key that sealed it a secret does not open, and the error names the kid', async () => {
  const sealed = await new Keyring([old]).seal(generateSigningSecret(), owner)
  const message = `the secret of app/hook/${owner.keyId} cannot be opened: there is no encryption key with kid "old"`
  await expect(new Keyring([fresh]).open(sealed, owner)).rejects.toThrow(new SealError(message))
})

test.each([
  ['application', { applicationId: 'other' }],
  ['webhook', { webhookId: 'other' }],
  ['key', { keyId: newKeyId() }],
])('a secret does not open as that of another %s', async (_, other) => {
  const keyring = new Keyring([fresh])
  const sealed = await keyring.seal(generateSigningSecret(), owner)
  await expect(keyring.open(sealed, { ...owner, ...other })).rejects.toMatchObject({
    name: 'SealError',
    message: expect.stringMatching(/ cannot be opened: it was sealed for another key$/),
  })
})

test('a sealed secret that was changed does not open, whichever part was', async () => {
  const keyring = new Keyring([fresh, old])
  const sealed = await keyring.seal(generateSigningSecret(), owner)
  const parts = sealed.split('.')
  const header = { ...decodeProtectedHeader(sealed), rekey: 'app/hook/other' }
  const changes = [
    [0, Buffer.from(JSON.stringify(header)).toString('base64url')],
    [2, Buffer.alloc(12).toString('base64url')],
    [3, Buffer.alloc(50).toString('base64url')],
    [4, Buffer.alloc(16).toString('base64url')],
  ] as const
  for (const [index, part] of changes) {
    await expect(keyring.open(parts.with(index, part).join('.'), owner)).rejects.toThrow(SealError)
  }
  await expect(keyring.open('nonsense', owner)).rejects.toMatchObject({
    name: 'SealError',
    message: `the secret of app/hook/${owner.keyId} cannot be opened: its seal is broken`,
    cause: { code: 'ERR_JWE_INVALID' },
  })
})

test('a secret sealed with another algorithm does not open, even under the right key', async () => {
  const keyring = new Keyring([fresh])
  const { CompactEncrypt } = await import('jose')
  const sealed = await new CompactEncrypt(Buffer.from(generateSigningSecret()))
    .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', kid: 'fresh', rekey: `app/hook/${owner.keyId}` })
    .encrypt(fresh.key)
  await expect(keyring.open(sealed, owner)).rejects.toThrow(SealError)
})

test('a secret that names no encryption key does not open', async () => {
  const { CompactEncrypt } = await import('jose')
  const sealed = await new CompactEncrypt(Buffer.from(generateSigningSecret()))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', rekey: `app/hook/${owner.keyId}` })
    .encrypt(fresh.key)
  await expect(new Keyring([fresh]).open(sealed, owner)).rejects.toThrow(
    'no encryption key with kid undefined',
  )
})

test('a keyring tells which keys it has and which one seals', () => {
  const keyring = new Keyring([fresh, old])
  expect([keyring.newestKid, keyring.has('old'), keyring.has('fresh'), keyring.has('other')]).toEqual([
    'fresh',
    true,
    true,
    false,
  ])
})
