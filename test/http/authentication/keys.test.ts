import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startJwksServer } from '../../support/jwks-server.ts'
import { expectInvalidToken } from '../../support/refusals.ts'
import { startServer, temporaryFolder, type TestServer } from '../../support/server.ts'
import {
  asymmetricAlgorithms,
  compact,
  createSigner,
  fullClaims,
  hmac,
  pem,
  rs256,
  signedBy,
} from '../../support/signers.ts'

const signers = asymmetricAlgorithms.map((alg) => createSigner(alg))
const [rsa] = signers as [(typeof signers)[0]]

function startWithPublicKey(publicKey: string, algorithms = ''): Promise<TestServer> {
  const file = join(temporaryFolder(), 'key.pem')
  writeFileSync(file, publicKey)
  return startServer({
    environment: {
      REKEY_JWT_SECRET: '',
      REKEY_JWT_PUBLIC_KEY_FILE: file,
      REKEY_JWT_ALGORITHMS: algorithms,
    },
  })
}

async function startWithJwks(algorithms = '', published = signers): Promise<TestServer> {
  const { url } = await startJwksServer(...published)
  return startServer({
    environment: { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: url, REKEY_JWT_ALGORITHMS: algorithms },
  })
}

const get = ({ api }: TestServer, token: string) => api('GET', '/applications', { token })

test.each(signers)('accepts a $alg token that the configured public key verifies', async (signer) => {
  const server = await startWithPublicKey(pem(signer))
  expect(await get(server, await signedBy(signer))).toMatchObject({ status: 200 })
})

test.each(signers)('accepts a $alg token whose kid is in the JWKS', async (signer) => {
  const server = await startWithJwks()
  expect(await get(server, await signedBy(signer))).toMatchObject({ status: 200 })
})

test.each(signers)('rejects a $alg token signed with another key of the same type', async (signer) => {
  const token = await signedBy(createSigner(signer.alg, signer.kid))
  expectInvalidToken(await get(await startWithPublicKey(pem(signer)), token))
  expectInvalidToken(await get(await startWithJwks(), token))
})

test.each(signers)("rejects a $alg token that is truncated or has another token's claims", async (signer) => {
  const [header, claims, signature = ''] = (await signedBy(signer)).split('.')
  const others = (await signedBy(signer, { ...fullClaims(), sub: 'admin' })).split('.')[1]
  for (const server of [await startWithPublicKey(pem(signer)), await startWithJwks()]) {
    expectInvalidToken(await get(server, `${header}.${claims}.${signature.slice(0, -4)}`))
    expectInvalidToken(await get(server, `${header}.${others}.${signature}`))
    expectInvalidToken(await get(server, `${header}.${claims}.`))
  }
})

const spki = pem(rsa)
const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const jwk = JSON.stringify(rsa.jwk)
const der = rsa.publicKey.export({ type: 'spki', format: 'der' })
const publicKeys = [
  spki,
  spki.trim(),
  spki.replaceAll('\n', '\r\n'),
  pkcs1,
  pkcs1.trim(),
  der,
  jwk,
  Buffer.from(rsa.jwk.n ?? '', 'base64url'),
  '',
]

test.each([
  ['an SPKI file', () => startWithPublicKey(spki)],
  ['a PKCS#1 file', () => startWithPublicKey(pkcs1)],
  ['the JWKS', () => startWithJwks('', [rsa])],
])(
  'rejects HS256 tokens keyed with the RSA public key, in any encoding, if the server got the key from %s',
  async (_, start) => {
    const server = await start()
    for (const key of publicKeys) {
      for (const header of [{ alg: 'HS256' }, { alg: 'HS256', kid: rsa.kid }]) {
        expectInvalidToken(
          await get(
            server,
            compact(header, fullClaims(), (input) => hmac(input, key)),
          ),
        )
      }
    }
  },
)

test.each(signers)('rejects an unsigned token if the server has a $alg key', async (signer) => {
  for (const server of [await startWithPublicKey(pem(signer)), await startWithJwks()]) {
    const token = compact({ alg: 'none', kid: signer.kid }, fullClaims(), () => Buffer.alloc(0))
    expectInvalidToken(await get(server, token))
  }
})

test('rejects a token whose algorithm is not in REKEY_JWT_ALGORITHMS, even if the key could verify it', async () => {
  const pss = { ...rsa, alg: 'PS256' }
  for (const start of [(list: string) => startWithPublicKey(spki, list), startWithJwks]) {
    const server = await start('PS256')
    expectInvalidToken(await get(server, await signedBy(rsa)))
    expect(await get(server, await signedBy(pss))).toMatchObject({ status: 200 })
    expect(await get(await start('RS256, PS256'), await signedBy(rsa))).toMatchObject({ status: 200 })
  }
})

test.each(['RS384', 'RS512', 'PS256', 'PS384', 'PS512'])(
  'accepts a token signed with %s and an RSA key that names no algorithm',
  async (alg) => {
    const token = await signedBy({ ...rsa, alg })
    expect(await get(await startWithPublicKey(spki), token)).toMatchObject({ status: 200 })
    expect(await get(await startWithJwks(), token)).toMatchObject({ status: 200 })
  },
)

const ed25519 = createSigner('Ed25519')

test.each(['EdDSA', 'Ed25519'])(
  'an Ed25519 key verifies tokens with the algorithm %s, whether the key names EdDSA, Ed25519 or no algorithm',
  async (alg) => {
    const token = await signedBy({ ...ed25519, alg })
    const servers = [await startWithPublicKey(pem(ed25519)), await startWithPublicKey(pem(ed25519), 'EdDSA')]
    for (const name of [undefined, 'EdDSA', 'Ed25519']) {
      const jwk = { ...ed25519.jwk, ...(name && { alg: name }) }
      servers.push(await startWithJwks(name, [{ ...ed25519, jwk }]))
    }
    for (const server of servers) expect(await get(server, token)).toMatchObject({ status: 200 })
  },
)

test('a published key that names its algorithm does not verify tokens with any other', async () => {
  const server = await startWithJwks('', [{ ...rsa, jwk: { ...rsa.jwk, alg: 'RS256' } }])
  expect(await get(server, await signedBy(rsa))).toMatchObject({ status: 200 })
  for (const alg of ['RS384', 'PS256']) expectInvalidToken(await get(server, await signedBy({ ...rsa, alg })))
})

test('accepts tokens signed with any key in a PEM file, and rejects all others', async () => {
  const other = createSigner('RS256')
  const keys = [...signers, other]
  const text = keys.map((key) => `# ${key.alg}\n${pem(key)}`).join('\n')
  const server = await startWithPublicKey(text)
  for (const signer of keys) {
    expect(await get(server, await signedBy(signer))).toMatchObject({ status: 200 })
    expectInvalidToken(
      await get(server, await signedBy(createSigner(signer.alg))),
      "The token's signature is invalid",
    )
  }
  for (const secret of [text, pem(other), pem(other).trim()])
    expectInvalidToken(
      await get(
        server,
        compact({ alg: 'HS256' }, fullClaims(), (input) => hmac(input, secret)),
      ),
    )
})

test('rejects a token signed with a 1024-bit RSA key, even if the key is in the JWKS', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const short = { ...rsa, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: rsa.kid } }
  const token = compact({ alg: 'RS256', kid: rsa.kid }, fullClaims(), (input) => rs256(input, privateKey))
  expectInvalidToken(await get(await startWithJwks('', [short]), token))
})

test("ignores keys and key URLs in a token's header, and rejects the token", async () => {
  const attacker = createSigner('RS256', rsa.kid)
  const lure = await startJwksServer(attacker)
  const servers = [await startWithPublicKey(spki), await startWithJwks()]
  for (const header of [{ jwk: attacker.jwk }, { jku: lure.url }, { x5u: lure.url }]) {
    const token = await signedBy(attacker, fullClaims(), header)
    for (const server of servers) expectInvalidToken(await get(server, token))
  }
  expect(lure.requests()).toBe(0)
})
