import type { RequestListener } from 'node:http'
import type { JWK } from 'jose'
import { expect, test } from 'vitest'
import { json, pass, startJwksServer } from '../../support/jwks-server.ts'
import { get, startWith } from '../../support/one-issuer.ts'
import { expectInvalidToken, expectUnavailable } from '../../support/refusals.ts'
import { createSigner, fullClaims, hs256 } from '../../support/signers.ts'

const first = createSigner('ES256', 'first')
const second = createSigner('ES256', 'second')

test('fetches the key set when the first token arrives, and reuses it for later tokens', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  expect(issuer.requests()).toBe(0)
  const answers = await Promise.all(Array.from({ length: 5 }, () => get(server, first)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(await get(server, first)).toMatchObject({ status: 200 })
  expect(issuer.requests()).toBe(1)
})

test('rejects every token if the key set is empty', async () => {
  expectInvalidToken(await get(await startWith(await startJwksServer()), first))
})

test('accepts a new issuer key without a restart, and the old key while it is still published', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  expect(await get(server, first)).toMatchObject({ status: 200 })
  issuer.publish(first, second)
  pass(5_000)
  expect(await get(server, second)).toMatchObject({ status: 200 })
  expect(await get(server, first)).toMatchObject({ status: 200 })
  expect(issuer.requests()).toBe(2)
})

test('unknown kids trigger at most one fetch of the key set every 5 seconds', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  for (const kid of ['a', 'b', 'c']) expectInvalidToken(await get(server, first, { kid }))
  pass(4_000)
  expectInvalidToken(await get(server, first, { kid: 'd' }))
  expect(issuer.requests()).toBe(1)
  pass(2_000)
  for (const kid of ['e', 'f', 'g']) expectInvalidToken(await get(server, first, { kid }))
  expect(issuer.requests()).toBe(2)
})

test('even while the issuer is broken, unknown kids trigger at most one fetch of the key set every 5 seconds', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  expect(await get(server, first)).toMatchObject({ status: 200 })
  issuer.answer((_, response) => void response.writeHead(500).end())
  for (const wait of [5_000, 4_000, 1_000]) {
    pass(wait)
    for (const kid of ['a', 'b', 'c']) expectUnavailable(await get(server, first, { kid }))
  }
  expect(issuer.requests()).toBe(3)
  const causes = server.logs.map(({ cause }) => cause)
  const message = `skipped fetching ${issuer.url}, because the previous fetch failed less than 5 s ago`
  expect(causes).toContainEqual(expect.objectContaining({ message }))
  expect(await get(server, first)).toMatchObject({ status: 200 })
  issuer.publish(second)
  pass(5_000)
  expect(await get(server, second)).toMatchObject({ status: 200 })
})

test('rejects tokens signed with a withdrawn key once the cached key set is 10 minutes old', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  expect(await get(server, first)).toMatchObject({ status: 200 })
  issuer.publish(second)
  pass(599_000)
  expect(await get(server, first)).toMatchObject({ status: 200 })
  pass(2_000)
  expectInvalidToken(await get(server, first))
  expect(await get(server, second)).toMatchObject({ status: 200 })
})

test('returns 502 while the issuer is down and accepts tokens once the issuer is back', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  await issuer.goDown()
  expectUnavailable(await get(server, first))
  expectUnavailable(await get(server, first))
  const causes = server.logs.map(({ cause }) => cause)
  expect(causes).toContainEqual(expect.objectContaining({ type: 'TypeError', message: 'fetch failed' }))
  await issuer.comeBack()
  pass(1_000)
  expect(await get(server, first)).toMatchObject({ status: 200 })
})

test('while no keys are cached and the issuer is broken, tokens trigger at most one fetch a second', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  issuer.answer((_, response) => void response.writeHead(500).end())
  for (const wait of [0, 900, 100]) {
    pass(wait)
    for (const kid of ['a', 'b', 'c']) expectUnavailable(await get(server, first, { kid }))
  }
  expect(issuer.requests()).toBe(2)
})

test.each<[string, RequestListener]>([
  ['closes the connection', ({ socket }) => void socket.destroy()],
  [
    'truncates its response',
    (_, response) =>
      void response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy()),
  ],
  ['returns 500', (_, response) => void response.writeHead(500).end('{"keys":[]}')],
  ['returns 401', (_, response) => void response.writeHead(401).end('{"keys":[]}')],
  ['redirects', (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ['returns an empty body', json('')],
  ['returns HTML', json('<html></html>')],
  ['returns null', json('null')],
  ['returns an object without keys', json({})],
  ['returns keys that are not a list', json({ keys: first.jwk })],
  ['returns keys that are not objects', json({ keys: ['key'] })],
])('returns 502 while the issuer %s and accepts tokens afterwards', async (_, outage) => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  issuer.answer(outage)
  expectUnavailable(await get(server, first))
  expectUnavailable(await get(server, first))
  issuer.publish(first)
  pass(1_000)
  expect(await get(server, first)).toMatchObject({ status: 200 })
})

test('returns 502 if the issuer does not respond for 3 seconds, and fetches again for the next token', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  issuer.answer(() => undefined)
  const start = performance.now()
  expectUnavailable(await get(server, first))
  expect(performance.now() - start).toBeGreaterThan(2_900)
  issuer.publish(first)
  expect(await get(server, first)).toMatchObject({ status: 200 })
})

test('a token signed with a malformed published key returns 502 until the cached key set is 10 minutes old', async () => {
  const { kty = '', crv = '', kid } = first.jwk
  const issuer = await startJwksServer({ ...first, jwk: { kty, crv, kid } as JWK })
  const server = await startWith(issuer)
  expectUnavailable(await get(server, first))
  issuer.publish(first)
  pass(600_000)
  expect(await get(server, first)).toMatchObject({ status: 200 })
})

test('cached keys keep verifying tokens for 10 minutes while the issuer is down', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  expect(await get(server, first)).toMatchObject({ status: 200 })
  await issuer.goDown()
  pass(599_000)
  expect(await get(server, first)).toMatchObject({ status: 200 })
  expectUnavailable(await get(server, second))
  pass(2_000)
  expectUnavailable(await get(server, first))
})

test('a malformed token or a disallowed algorithm returns 401 even while the issuer is down', async () => {
  const issuer = await startJwksServer(first)
  const server = await startWith(issuer)
  await issuer.goDown()
  expectInvalidToken(await server.api('GET', '/applications', { token: 'a.b.c' }))
  expectInvalidToken(await server.api('GET', '/applications', { token: hs256(fullClaims()) }))
})
