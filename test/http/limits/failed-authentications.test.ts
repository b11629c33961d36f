import { expect, test } from 'vitest'
import type { Core } from '../../../src/core/core.ts'
import { RekeyError } from '../../../src/errors.ts'
import { EventCounts } from '../../../src/event-counts.ts'
import { limitFailedAuthentications } from '../../../src/http/limits/failed-authentications.ts'
import { onPostgres } from '../../support/database.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { pass, startJwksServer } from '../../support/jwks-server.ts'
import { createSigner, fullClaims, signedBy } from '../../support/signers.ts'
import { token } from '../../support/tokens.ts'

function startWithLimit(limit: string, environment = {}): Promise<TestServer> {
  return startServer({ environment: { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: limit, ...environment } })
}

function expired(): Promise<string> {
  return token({ expiresIn: -60 })
}

/** Sends a request as a proxy on this machine would. The server trusts such a proxy by default. */
function ask({ api }: TestServer, forwardedFor: string | null, token?: string | null) {
  return api('GET', '/applications', {
    headers: forwardedFor === null ? {} : { 'x-forwarded-for': forwardedFor },
    ...(token !== undefined && { token }),
  })
}

test('after too many failed authentications from an address, an invalid token returns 429 instead of 401', async () => {
  const server = await startWithLimit('3')
  for (const token of [null, 'nonsense', null]) expect((await ask(server, null, token)).status).toBe(401)
  for (const token of [null, 'nonsense', await expired()]) {
    const refused = await ask(server, null, token)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(refused.body.message).toMatch(
      /^Too many requests from this address had no valid token. Try again in \d\d seconds.$/,
    )
    expect(refused.headers.get('www-authenticate')).toBeNull()
  }
})

test('a valid token is accepted from an address with too many failed authentications, whether or not it is cached', async () => {
  const server = await startWithLimit('1')
  const known = await token({ sub: 'known' })
  expect((await ask(server, null, known)).status).toBe(200)
  for (let count = 0; count < 3; count++) await ask(server, null, await expired())
  expect((await ask(server, null, null)).status).toBe(429)
  expect((await ask(server, null, known)).status).toBe(200)
  expect((await ask(server, null, await token({ sub: 'new' }))).status).toBe(200)
  expect((await ask(server, null, null)).status).toBe(429)
})

test('new valid tokens are accepted within a second while invalid ones flood in from the same address', async () => {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer(signer)
  const server = await startWithLimit('1', { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url })
  const forged = await signedBy({ ...createSigner('ES256'), kid: signer.kid })
  for (let count = 0; count < 3; count++) await ask(server, null, forged)
  let isOver = false
  const flood = Array.from({ length: 32 }, async () => {
    do expect((await ask(server, null, forged)).status).toBe(429)
    while (!isOver)
  })
  const durations = []
  for (let attempt = 0; attempt < 10; attempt++) {
    const valid = await signedBy(signer, { ...fullClaims(), jti: String(attempt) })
    const start = performance.now()
    expect((await ask(server, null, valid)).status).toBe(200)
    durations.push(performance.now() - start)
  }
  isOver = true
  await Promise.all(flood)
  // Only the shortest duration counts, because this process also sends the flood, which delays its other requests.
  expect(Math.min(...durations)).toBeLessThan(1_000)
})

test('requests that return 403 do not count as failed authentications', async () => {
  const server = await startWithLimit('1')
  const narrow = await token({ applications: ['app_2'] })
  for (let count = 0; count < 3; count++)
    expect((await server.api('GET', '/applications/app_1', { token: narrow })).status).toBe(403)
  expect((await ask(server, null, null)).status).toBe(401)
})

test('instances on PostgreSQL share the count of failed authentications; instances on SQLite count separately', async () => {
  const one = await startWithLimit('3')
  const other = await startServer({
    beside: one,
    environment: { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '3' },
  })
  for (const server of [one, other, one]) expect((await ask(server, null, null)).status).toBe(401)
  for (const server of [other, one]) {
    const { status, headers } = await ask(server, null, null)
    expect(status).toBe(onPostgres ? 429 : 401)
    if (onPostgres) expect(headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/)
  }
})

test('a request with a valid token does not count as a failed authentication, even if the response is 404', async () => {
  const server = await startWithLimit('1')
  for (let count = 0; count < 5; count++) expect((await ask(server, null)).status).toBe(200)
  const narrow = await server.api('DELETE', '/applications/app_1')
  expect(narrow.status).toBe(404)
  expect((await ask(server, null, null)).status).toBe(401)
})

test('requests that return 502 because the issuer is down do not count as failed authentications', async () => {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer(signer)
  const server = await startWithLimit('1', { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url })
  await issuer.goDown()
  const token = await signedBy(signer)
  for (let count = 0; count < 3; count++) expect((await ask(server, null, token)).status).toBe(502)
  await issuer.comeBack()
  pass(1_000)
  expect((await ask(server, null, token)).status).toBe(200)
})

test('/healthz returns 200 to an address over the limit on failed authentications', async () => {
  const server = await startWithLimit('1')
  for (let count = 0; count < 3; count++) await ask(server, null, null)
  expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
})

test.each([
  ['another IPv4 address', '192.0.2.1', '192.0.2.2'],
  ['another IPv6 network', '2001:db8:0:1::1', '2001:db8:0:2::1'],
])('failed authentications from one address do not block %s', async (_, first, second) => {
  const server = await startWithLimit('1')
  expect((await ask(server, first, null)).status).toBe(401)
  expect((await ask(server, first, null)).status).toBe(429)
  expect((await ask(server, second, null)).status).toBe(401)
})

test.each([
  ['another address in the same IPv6 network', '2001:db8:0:1::1', '2001:DB8:0:1:ffff:ffff:ffff:ffff'],
  ['the same IPv4 address in IPv6 notation', '192.0.2.1', '::ffff:192.0.2.1'],
  ['a forged X-Forwarded-For entry', '192.0.2.1', '198.51.100.7, 192.0.2.1'],
  ['an invalid address', 'unknown', 'nonsense'],
])('using %s does not evade the limit on failed authentications', async (_, first, second) => {
  const server = await startWithLimit('1')
  await ask(server, first, null)
  await ask(server, first, null)
  expect((await ask(server, second, null)).status).toBe(429)
})

test('counts by the X-Forwarded-For address only if every proxy after it is in REKEY_TRUSTED_PROXIES', async () => {
  const server = await startWithLimit('1', { REKEY_TRUSTED_PROXIES: '203.0.113.0/24' })
  await ask(server, '192.0.2.1', null)
  await ask(server, '192.0.2.2', null)
  expect((await ask(server, '192.0.2.3', null)).status).toBe(429)

  const chain = await startWithLimit('1', { REKEY_TRUSTED_PROXIES: 'loopback, 203.0.113.0/24' })
  await ask(chain, '192.0.2.1, 203.0.113.9', null)
  await ask(chain, '192.0.2.1, 203.0.113.8', null)
  expect((await ask(chain, '192.0.2.1', null)).status).toBe(429)
  expect((await ask(chain, '192.0.2.2, 203.0.113.9', null)).status).toBe(401)
})

test('with a limit of 0, 150 failed authentications from one address all return 401', async () => {
  const server = await startWithLimit('0')
  for (let count = 0; count < 150; count++) expect((await ask(server, null, null)).status).toBe(401)
})

test('a network over the limit stays over the limit, even if many other networks fail once each', async () => {
  const counts = new EventCounts({ points: 1, duration: 60 })
  const core: Pick<Core, 'countFailedAuthentication'> = {
    countFailedAuthentication: (network) => Promise.resolve(counts.count(network)),
  }
  const limit = limitFailedAuthentications(1, core)
  const { signal } = new AbortController()
  const unauthorized = new RekeyError('unauthorized')
  const fail = (network: string) =>
    limit(network, signal, () => Promise.reject(unauthorized)).catch((error: unknown) =>
      error === unauthorized ? 401 : (error as RekeyError).kind,
    )
  expect([await fail('hostile'), await fail('hostile')]).toEqual([401, 'tooManyRequests'])
  for (let network = 0; network < 110_000; network++) await fail(String(network))
  // The network's count has been dropped, but the network is still over the limit.
  expect(counts.count('hostile')).toBeNull()
  expect(await fail('hostile')).toBe('tooManyRequests')
})
