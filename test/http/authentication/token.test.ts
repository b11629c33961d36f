import { expect, test } from 'vitest'
import { expectInvalidToken, expectNoToken } from '../../support/refusals.ts'
import { startServer, type TestResponse, type ServerOptions } from '../../support/server.ts'
import { compact, fullClaims, hmac, hs256 } from '../../support/signers.ts'
import { jwtSecret } from '../../support/tokens.ts'

/** Starts a server and lists its applications with this Authorization header, or without one if undefined. */
async function answerTo(authorization: string | undefined, options?: ServerOptions): Promise<TestResponse> {
  const { api } = await startServer(options)
  return api('GET', '/applications', {
    token: null,
    headers: authorization === undefined ? {} : { authorization },
  })
}

test('accepts a token signed with the configured secret', async () => {
  expect(await answerTo(`Bearer ${hs256(fullClaims())}`)).toMatchObject({ status: 200 })
})

test.each([
  ['bearer TOKEN', 'a scheme in lower case'],
  ['BEARER TOKEN', 'a scheme in capitals'],
  ['Bearer   TOKEN', 'several spaces after the scheme'],
])('accepts an Authorization header of the form "%s" (%s)', async (form) => {
  expect(await answerTo(form.replace('TOKEN', hs256(fullClaims())))).toMatchObject({ status: 200 })
})

test.each([
  ['no Authorization header', undefined],
  ['an empty Authorization header', ''],
  ['Basic credentials', `Basic ${Buffer.from('user:password').toString('base64')}`],
  ['a scheme that merely begins with Bearer', `BearerToken ${hs256(fullClaims())}`],
  ['Bearer after another scheme', `Basic Bearer ${hs256(fullClaims())}`],
  ['a token without a scheme', hs256(fullClaims())],
  ['a scheme without a token', 'Bearer'],
])('a request with %s returns 401 and a challenge without an error code', async (_, authorization) => {
  expectNoToken(await answerTo(authorization))
})

test('ignores a token outside the Authorization header', async () => {
  const { api } = await startServer()
  const token = hs256(fullClaims())
  const headers = { cookie: `access_token=${token}`, 'x-authorization': `Bearer ${token}` }
  expectNoToken(await api('GET', `/applications?access_token=${token}`, { token: null, headers }))
})

test.each([
  ['two tokens in one header', (token: string) => `Bearer ${token} ${token}`],
  ['two credentials in one header', (token: string) => `Bearer ${token}, Bearer ${token}`],
  ['a token in quotes', (token: string) => `Bearer "${token}"`],
  ['a token after a tab', (token: string) => `Bearer \t${token}`],
  ['a token with base64 padding', (token: string) => `Bearer ${token}=`],
  ['a token that is a plain word', () => 'Bearer token'],
  ['a token of dots alone', () => 'Bearer ..'],
  ['a token without a signature', (token: string) => `Bearer ${token.split('.').slice(0, 2).join('.')}`],
  ['a token with an empty signature', (token: string) => `Bearer ${token.replace(/[^.]+$/, '')}`],
  ['a token of five parts, like an encrypted JWT', (token: string) => `Bearer ${token}.e30.e30`],
  ['a token with a changed signature', (token: string) => `Bearer ${changed(token, 2)}`],
  ['a token with a changed payload', (token: string) => `Bearer ${changed(token, 1)}`],
  ['a token with a changed header', (token: string) => `Bearer ${changed(token, 0)}`],
])('rejects a request with %s', async (_, authorization) => {
  expectInvalidToken(await answerTo(authorization(hs256(fullClaims()))))
})

/** Flips one bit of the token's part at `index`, away from its last bits, which base64url decoding may ignore. */
function changed(token: string, index: number): string {
  const parts = token.split('.')
  const bytes = Buffer.from(parts[index] ?? '', 'base64url')
  const last = bytes.length - 3
  bytes[last] = (bytes[last] ?? 0) ^ 1
  parts[index] = bytes.toString('base64url')
  return parts.join('.')
}

test('accepts a token of 16,384 bytes and rejects one of 16,385', async () => {
  expect(await answerTo(`Bearer ${tokenOfLength(16_384)}`)).toMatchObject({ status: 200 })
  expectInvalidToken(await answerTo(`Bearer ${tokenOfLength(16_385)}`))
})

/** Signs a token of this length. Varies the header too, because a base64url payload cannot have every length. */
function tokenOfLength(length: number): string {
  for (let filler = length / 2; filler < length; filler += 1) {
    for (const typ of ['', 'x', 'xx']) {
      const token = hs256({ ...fullClaims(), filler: 'x'.repeat(filler) }, { alg: 'HS256', typ })
      if (token.length === length) return token
    }
  }
  throw new Error(`no token of ${length} characters`)
}

test.each(['none', 'None', 'NONE', '', 'HS512', 'RS256', 'unknown', null, ['HS256']])(
  'rejects a token with the algorithm %j, unsigned or signed with the configured secret',
  async (alg) => {
    const { api } = await startServer()
    const hash = alg === 'HS512' ? 'sha512' : 'sha256'
    for (const signature of [() => Buffer.alloc(0), (input: string) => hmac(input, jwtSecret, hash)]) {
      const token = compact({ alg }, fullClaims(), signature)
      expectInvalidToken(await api('GET', '/applications', { token }))
    }
  },
)

test.each([
  ['no algorithm', {}],
  ['an unknown critical extension', { alg: 'HS256', crit: ['ext'], ext: true }],
  ['an unencoded payload', { alg: 'HS256', crit: ['b64'], b64: false }],
  ['a header that is not an object', 'HS256'],
])('rejects a correctly signed token with %s', async (_, header) => {
  expectInvalidToken(await answerTo(`Bearer ${hs256(fullClaims(), header as object)}`))
})

test.each(['text', '', '[]', 'null', '"text"', '{"exp":', '\u{fffd}'])(
  'rejects a correctly signed token with the payload %j',
  async (payload) => {
    expectInvalidToken(await answerTo(`Bearer ${hs256(payload)}`))
  },
)

test('rejects a token signed with another secret', async () => {
  const other = compact({ alg: 'HS256' }, fullClaims(), (input) => hmac(input, `${jwtSecret}.`))
  expectInvalidToken(await answerTo(`Bearer ${other}`))
})
