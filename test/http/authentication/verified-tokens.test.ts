import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { Environment } from '../../../src/config/config.ts'
import { VerifiedTokens, type VerifiedToken } from '../../../src/http/authentication/verified-tokens.ts'
import { startJwksServer } from '../../support/jwks-server.ts'
import { expectInvalidToken, expectUnavailable } from '../../support/refusals.ts'
import { startServer, temporaryFolder, type TestServer } from '../../support/server.ts'
import { createSigner, fullClaims, hs256, pem, signedBy } from '../../support/signers.ts'

const signer = createSigner('ES256', 'first')
const now = Date.parse('2026-01-01T00:00:00Z')
const seconds = now / 1000

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const get = ({ api }: TestServer, token: string) => api('GET', '/applications', { token })

test.each<[string, () => Promise<Environment>]>([
  ['a public key', () => Promise.resolve({ REKEY_JWT_PUBLIC_KEY_FILE: keyFile() })],
  ['a key set', async () => ({ REKEY_JWKS_URL: (await startJwksServer(signer)).url })],
])('with %s, verifies the signature of a repeated token only once', async (_, keys) => {
  const server = await startServer({ environment: { REKEY_JWT_SECRET: '', ...(await keys()) } })
  const [first, second] = [await signedBy(signer), await signedBy(signer)]
  const verify = vi.spyOn(crypto.subtle, 'verify')
  for (const token of [first, first, first, second]) {
    expect(await get(server, token)).toMatchObject({ status: 200 })
  }
  expect(verify).toHaveBeenCalledTimes(2)
})

function keyFile(): string {
  const file = join(temporaryFolder(), 'key.pem')
  writeFileSync(file, pem(signer))
  return file
}

/** Starts an issuer, and a server that has accepted a token from the issuer. */
async function acceptedByIssuer() {
  const issuer = await startJwksServer(signer)
  const server = await startServer({ environment: { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url } })
  const token = await signedBy(signer)
  expect(await get(server, token)).toMatchObject({ status: 200 })
  return { issuer, server, token }
}

test.each([
  ["the issuer withdraws the token's key", 'second'],
  ["another key takes over the token's kid", signer.kid],
])('rejects a cached token 10 minutes after %s', async (_, kid) => {
  const { issuer, server, token } = await acceptedByIssuer()
  issuer.publish(createSigner('ES256', kid))
  pass(601_000)
  expectInvalidToken(await get(server, token))
})

test('once the cached key set expires, a cached token returns 502 while the issuer is down and 200 afterwards', async () => {
  const { issuer, server, token } = await acceptedByIssuer()
  await issuer.goDown()
  pass(601_000)
  expectUnavailable(await get(server, token))
  await issuer.comeBack()
  pass(1_000)
  expect(await get(server, token)).toMatchObject({ status: 200 })
})

/** Moves the clock forward, which ages the cached key set. */
function pass(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds })
}

test.each([
  ['a second before its expiry plus tolerance', 64, 'accepted'],
  ['at its expiry plus tolerance', 65, 'rejected'],
  ['after the clock was set back to nbf minus tolerance', -65, 'accepted'],
  ['after the clock was set back a second further', -66, 'rejected'],
])('a cached token used %s (%d s) is %s', async (_, offset, expected) => {
  let time = now
  const server = await startServer({ now: () => time })
  const token = hs256({ ...fullClaims(now), nbf: seconds - 60, exp: seconds + 60 })
  expect(await get(server, token)).toMatchObject({ status: 200 })
  time = (seconds + offset) * 1000
  if (expected === 'accepted') expect(await get(server, token)).toMatchObject({ status: 200 })
  else expectInvalidToken(await get(server, token))
})

test('rejects a token that differs from a cached one only in its signature', async () => {
  const server = await startServer()
  const token = hs256(fullClaims())
  expect(await get(server, token)).toMatchObject({ status: 200 })
  const [header = '', payload = ''] = token.split('.')
  const others = [`${header}.${payload}.${'A'.repeat(43)}`, `${header}.${payload}.`, token.slice(0, -1)]
  for (const other of others) expectInvalidToken(await get(server, other))
})

function verified(subject: string): VerifiedToken {
  const key = new Uint8Array()
  return {
    caller: { subject, identity: subject, expiresAt: 0, rights: new Map() },
    key,
    currentKeys: () => [key],
    claims: { exp: seconds + 1 },
  }
}

test('caches the newest 1,000 tokens and evicts older tokens', async () => {
  const tokens = new VerifiedTokens(0)
  for (let number = 0; number <= 1_000; number++) tokens.add(`token ${number}`, verified(`caller ${number}`))
  expect(await tokens.find('token 0', now)).toBeUndefined()
  expect(await tokens.find('token 1', now)).toMatchObject({ subject: 'caller 1' })
  expect(await tokens.find('token 1000', now)).toMatchObject({ subject: 'caller 1000' })
})

test('caches at most 4 MiB of tokens, and counts a token only once, even if it is added again', async () => {
  const tokens = new VerifiedTokens(0)
  const long = (number: number) => `${number} ${'x'.repeat(16_380)}`.slice(0, 16_384)
  for (let repetition = 0; repetition < 300; repetition++) tokens.add(long(0), verified('caller 0'))
  for (let number = 1; number <= 256; number++) tokens.add(long(number), verified(`caller ${number}`))
  expect(await tokens.find(long(0), now)).toBeUndefined()
  expect(await tokens.find(long(1), now)).toMatchObject({ subject: 'caller 1' })
  expect(await tokens.find(long(256), now)).toMatchObject({ subject: 'caller 256' })
})
