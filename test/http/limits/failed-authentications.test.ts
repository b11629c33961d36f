import { expect, test } from 'vitest'
import { onPostgres } from '../../support/database.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { startJwksServer } from '../../support/jwks-server.ts'
import { createSigner, signedBy } from '../../support/signers.ts'

function startWithLimit(limit: string, environment = {}): Promise<TestServer> {
  return startServer({ environment: { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: limit, ...environment } })
}

/** Sends a request as a proxy on this machine would. The server trusts such a proxy by default. */
function ask({ api }: TestServer, forwardedFor: string | null, token?: string | null) {
  return api('GET', '/applications', {
    headers: forwardedFor === null ? {} : { 'x-forwarded-for': forwardedFor },
    ...(token !== undefined && { token }),
  })
}

test('an address that exceeds the limit of failed authentications gets 429, even with a valid token', async () => {
  const server = await startWithLimit('3')
  for (const token of [null, 'nonsense', null]) expect((await ask(server, null, token)).status).toBe(401)
  const refused = await ask(server, null, null)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  expect(refused.body.message).toMatch(
    /^Too many requests from this address had no valid token. Try again in \d\d seconds.$/,
  )
  expect(refused.headers.get('www-authenticate')).toBeNull()
  expect((await ask(server, null)).status).toBe(429)
})

test('instances share the count of failures on PostgreSQL and count separately on SQLite', async () => {
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

test('requests with a valid token do not count as failures, even if they return an error', async () => {
  const server = await startWithLimit('1')
  for (let count = 0; count < 5; count++) expect((await ask(server, null)).status).toBe(200)
  const narrow = await server.api('DELETE', '/applications/app_1')
  expect(narrow.status).toBe(404)
  expect((await ask(server, null, null)).status).toBe(401)
})

test('requests do not count as failures while the issuer is down', async () => {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer(signer)
  const server = await startWithLimit('1', { REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url })
  await issuer.goDown()
  const token = await signedBy(signer)
  for (let count = 0; count < 3; count++) expect((await ask(server, null, token)).status).toBe(502)
  await issuer.comeBack()
  expect((await ask(server, null, token)).status).toBe(200)
})

test('/healthz still responds to an address over the limit', async () => {
  const server = await startWithLimit('1')
  for (let count = 0; count < 3; count++) await ask(server, null, null)
  expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
})

test.each([
  ['another IPv4 address', '192.0.2.1', '192.0.2.2'],
  ['another IPv6 network', '2001:db8:0:1::1', '2001:db8:0:2::1'],
])('%s counts separately', async (_, first, second) => {
  const server = await startWithLimit('1')
  expect((await ask(server, first, null)).status).toBe(401)
  expect((await ask(server, first)).status).toBe(200)
  expect((await ask(server, first, null)).status).toBe(429)
  expect((await ask(server, first)).status).toBe(429)
  expect((await ask(server, second)).status).toBe(200)
})

test.each([
  ['another address in the same IPv6 network', '2001:db8:0:1::1', '2001:DB8:0:1:ffff:ffff:ffff:ffff'],
  ['the same IPv4 address in IPv6 notation', '192.0.2.1', '::ffff:192.0.2.1'],
  ['a forged X-Forwarded-For entry', '192.0.2.1', '198.51.100.7, 192.0.2.1'],
  ['an invalid address', 'unknown', 'nonsense'],
])('%s does not evade the limit', async (_, first, second) => {
  const server = await startWithLimit('1')
  await ask(server, first, null)
  await ask(server, first, null)
  expect((await ask(server, second)).status).toBe(429)
})

test('trusts X-Forwarded-For only from configured proxies', async () => {
  const server = await startWithLimit('1', { REKEY_TRUSTED_PROXIES: '203.0.113.0/24' })
  await ask(server, '192.0.2.1', null)
  await ask(server, '192.0.2.2', null)
  expect((await ask(server, '192.0.2.3')).status).toBe(429)

  const chain = await startWithLimit('1', { REKEY_TRUSTED_PROXIES: 'loopback, 203.0.113.0/24' })
  await ask(chain, '192.0.2.1, 203.0.113.9', null)
  await ask(chain, '192.0.2.1, 203.0.113.8', null)
  expect((await ask(chain, '192.0.2.1')).status).toBe(429)
  expect((await ask(chain, '192.0.2.2, 203.0.113.9')).status).toBe(200)
})

test('with limit 0, failed authentications always return 401', async () => {
  const server = await startWithLimit('0')
  for (let count = 0; count < 150; count++) expect((await ask(server, null, null)).status).toBe(401)
})
