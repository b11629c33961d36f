import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { pass, startJwksServer, type JwksServer } from '../../support/jwks-server.ts'
import { expectUnavailable } from '../../support/refusals.ts'
import { startServer, temporaryFolder, type TestServer } from '../../support/server.ts'
import { createSigner, fullClaims, signedBy } from '../../support/signers.ts'

const signer = createSigner('ES256', 'first')
const iss = 'https://one.example'

afterEach(() => {
  vi.useRealTimers()
})

/** Records the Authorization header of each request to an issuer, and then responds with the issuer's keys. */
function noteAuthorization(issuer: JwksServer): (string | undefined)[] {
  const noted: (string | undefined)[] = []
  issuer.answer(({ headers }, response) => {
    noted.push(headers.authorization)
    response.end(JSON.stringify({ keys: [signer.jwk] }))
  })
  return noted
}

const get = async ({ api }: TestServer, claims = {}) =>
  api('GET', '/applications', { token: await signedBy(signer, { ...fullClaims(), ...claims }) })

async function startWithToken(text: string) {
  const issuer = await startJwksServer(signer)
  const file = join(temporaryFolder(), 'token')
  writeFileSync(file, text)
  const server = await startServer({
    environment: { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url, REKEY_JWKS_TOKEN_FILE: file },
  })
  return { issuer, file, server }
}

test('reads the token file again for each fetch of the key set', async () => {
  const { issuer, file, server } = await startWithToken('first.token\n')
  const sent = noteAuthorization(issuer)
  expect(await get(server)).toMatchObject({ status: 200 })
  writeFileSync(file, 'second.token')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
  expect(await get(server)).toMatchObject({ status: 200 })
  expect(sent).toEqual(['Bearer first.token', 'Bearer second.token'])
})

test('sends a bearer token only to the JWKS URL that it is configured for, never to another issuer or a redirect target', async () => {
  const [one, two, target] = [
    await startJwksServer(signer),
    await startJwksServer(signer),
    await startJwksServer(signer),
  ]
  const file = join(temporaryFolder(), 'token')
  writeFileSync(file, 'secret.token')
  const server = await startServer({
    environment: {
      REKEY_JWT_SECRET: '',
      REKEY_JWT_ISSUER: `${iss},https://two.example`,
      REKEY_JWKS_URL: `${one.url},${two.url}`,
      REKEY_JWKS_TOKEN_FILE: `,${file}`,
    },
  })
  const [toOne, toTwo] = [noteAuthorization(one), noteAuthorization(two)]
  expect(await get(server, { iss })).toMatchObject({ status: 200 })
  expect(await get(server, { iss: 'https://two.example' })).toMatchObject({ status: 200 })
  expect([toOne, toTwo]).toEqual([[undefined], ['Bearer secret.token']])

  two.answer((_, response) => response.writeHead(302, { location: target.url }).end())
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
  expectUnavailable(await get(server, { iss: 'https://two.example' }))
  expect(target.requests()).toBe(0)
})

test.each([
  ['is empty', '\n'],
  ['has several lines', 'secret.token\nsecret.more'],
  ['has a character that no header can have', 'secret.\u{1f511}'],
])('if the token file %s, returns 502, and neither sends nor logs the file content', async (_, text) => {
  const { issuer, server } = await startWithToken(text)
  expectUnavailable(await get(server))
  expect(issuer.requests()).toBe(0)
  const logged = JSON.stringify(server.logs)
  expect(logged).toContain('must contain a bearer token')
  expect(logged).not.toContain('secret.')
})

test('never logs the body of a response that is not JSON, because the body may repeat the bearer token', async () => {
  const { issuer, server } = await startWithToken('secret.token')
  issuer.answer(({ headers }, response) => response.end(headers.authorization))
  expectUnavailable(await get(server))
  const logged = JSON.stringify(server.logs)
  expect(logged).toContain(`the response from ${issuer.url} is not JSON; check REKEY_JWKS_URL`)
  expect(logged).not.toContain('secret')
})

test('returns 502 while the token file is missing', async () => {
  const { file, server } = await startWithToken('first.token')
  rmSync(file)
  expectUnavailable(await get(server))
  writeFileSync(file, 'second.token')
  pass(1_000)
  expect(await get(server)).toMatchObject({ status: 200 })
})
