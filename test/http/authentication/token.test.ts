import { expect, test } from 'vitest'
import { expectInvalidToken, expectNoToken } from '../../support/refusals.ts'
import { startServer, type TestResponse, type ServerOptions } from '../../support/server.ts'
import { compact, fullClaims, hmac, hs256 } from '../../support/signers.ts'
import { jwtSecret } from '../../support/tokens.ts'

/** What a server of its own answers to an Authorization header. */
async function answerTo(authorization: string | undefined, options?: ServerOptions): Promise<TestResponse> {
  const { api } = await startServer(options)
  return api('GET', '/applications', {
    token: null,
    headers: authorization === undefined ? {} : { authorization },
  })
}

test('a token signed with the configured secret is accepted', async () => {
  expect(await answerTo(`Bearer ${hs256(fullClaims())}`)).toMatchObject({ status: 200 })
})

test.each([
  ['bearer TOKEN', 'the scheme is written in lower case'],
  ['BEARER TOKEN', 'the scheme is written in capitals'],
  ['Bearer   TOKEN', 'several spaces follow the scheme'],
])('"%s" is accepted, though %s', async (form) => {
  expect(await answerTo(form.replace('TOKEN', hs256(fullClaims())))).toMatchObject({ status: 200 })
})

test.each([
  ['nothing', undefined],
  ['an empty header', ''],
  ['Basic credentials', `Basic ${Buffer.from('user:password').toString('base64')}`],
  ['a scheme that only begins with Bearer', `BearerToken ${hs256(fullClaims())}`],
  ['Bearer behind another scheme', `Basic Bearer ${hs256(fullClaims())}`],
  ['a token without scheme', hs256(fullClaims())],
  ['a scheme without token', 'Bearer'],
])('%s is no bearer token, and is answered with the bare challenge', async (_, authorization) => {
  expectNoToken(await answerTo(authorization))
})

test('a token anywhere but in the Authorization header is not looked at', async () => {
  const { api } = await startServer()
  const token = hs256(fullClaims())
  const headers = { cookie: `access_token=${token}`, 'x-authorization': `Bearer ${token}` }
  expectNoToken(await api('GET', `/applications?access_token=${token}`, { token: null, headers }))
})

test.each([
  ['two tokens in one header', (token: string) => `Bearer ${token} ${token}`],
  ['two credentials in one header', (token: string) => `Bearer ${token}, Bearer ${token}`],
  ['a token in quotes', (token: string) => `Bearer "${token}"`],
  ['a token behind a tab', (token: string) => `Bearer \t${token}`],
  ['a token with base64 padding', (token: string) => `Bearer ${token}=`],
  ['a word', () => 'Bearer token'],
  ['nothing but dots', () => 'Bearer ..'],
  ['a token without signature', (token: string) => `Bearer ${token.split('.').slice(0, 2).join('.')}`],
  ['a token with an empty signature', (token: string) => `Bearer ${token.replace(/[^.]+$/, '')}`],
  ['a token of five parts, as if encrypted', (token: string) => `Bearer ${token}.e30.e30`],
  ['a token with its signature changed', (token: string) => `Bearer ${changed(token, 2)}`],
  ['a token with its payload changed', (token: string) => `Bearer ${changed(token, 1)}`],
  ['a token with its header changed', (token: string) => `Bearer ${changed(token, 0)}`],
])('%s is refused', async (_, authorization) => {
  expectInvalidToken(await answerTo(authorization(hs256(fullClaims()))))
})

/** The token with one bit of one of its parts turned over, as far from the end as base64url allows. */
function changed(token: string, index: number): string {
  const parts = token.split('.')
  const bytes = Buffer.from(parts[index] ?? '', 'base64url')
  const last = bytes.length - 3
  bytes[last] = (bytes[last] ?? 0) ^ 1
  parts[index] = bytes.toString('base64url')
  return parts.join('.')
}

test('a token of 8192 characters is accepted, and one of 8193 refused, signature or not', async () => {
  expect(await answerTo(`Bearer ${tokenOfLength(8192)}`)).toMatchObject({ status: 200 })
  expectInvalidToken(await answerTo(`Bearer ${tokenOfLength(8193)}`))
})

/** Three characters of base64url need no padding wherever they stand, so the header evens out the rest. */
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
  'a token whose algorithm is %j is refused, unsigned or signed with the right secret',
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
  ['a critical extension that nobody knows', { alg: 'HS256', crit: ['ext'], ext: true }],
  ['an unencoded payload', { alg: 'HS256', crit: ['b64'], b64: false }],
  ['a header that is no object', 'HS256'],
])('a token with %s is refused, though the signature is right', async (_, header) => {
  expectInvalidToken(await answerTo(`Bearer ${hs256(fullClaims(), header as object)}`))
})

test.each(['text', '', '[]', 'null', '"text"', '{"exp":', '\u{fffd}'])(
  'a token whose payload is %j is refused, though the signature is right',
  async (payload) => {
    expectInvalidToken(await answerTo(`Bearer ${hs256(payload)}`))
  },
)

test('a token signed with another secret is refused', async () => {
  const other = compact({ alg: 'HS256' }, fullClaims(), (input) => hmac(input, `${jwtSecret}.`))
  expectInvalidToken(await answerTo(`Bearer ${other}`))
})
