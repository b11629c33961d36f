import { expect, test } from 'vitest'
import document from '../../../generated/openapi.json' with { type: 'json' }
import { startJwksServer } from '../../support/jwks-server.ts'
import { connectTo, rawRequest } from '../../support/raw-http.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { createSigner, signedBy } from '../../support/signers.ts'
import { token } from '../../support/tokens.ts'

const admin = 'https://admin.example'
const applications = '/api/v1/applications'

function start(environment = {}): Promise<TestServer> {
  return startServer({
    environment: { REKEY_CORS_ORIGINS: `${admin}, http://localhost:5173`, ...environment },
  })
}

function preflight({ origin }: TestServer, from: string, path = applications): Promise<Response> {
  const headers = { origin: from, 'access-control-request-method': 'PATCH' }
  return fetch(origin + path, { method: 'OPTIONS', headers })
}

function listOf({ headers }: Response, name: string): string[] {
  return (headers.get(name) ?? '').split(', ')
}

function corsHeaders({ headers }: Response): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'))
}

test.each([admin, 'http://localhost:5173'])(
  'a preflight request from %s is answered without a token, for any path of the API',
  async (from) => {
    const server = await start()
    for (const path of [
      applications,
      '/api/v1/applications/app_1/webhooks/hook_1/secret',
      '/api/v1/nowhere',
    ]) {
      const response = await preflight(server, from, path)
      expect([response.status, await response.text()]).toEqual([204, ''])
      expect(response.headers.get('access-control-allow-origin')).toBe(from)
      expect(response.headers.get('access-control-max-age')).toBe('7200')
      expect(response.headers.get('vary')).toBe('Origin')
      expect(response.headers.has('access-control-allow-credentials')).toBe(false)
    }
  },
)

test('a preflight response allows every method and request header in the OpenAPI document', async () => {
  const response = await preflight(await start(), admin)
  const items = Object.values(document.paths) as Record<string, unknown>[]
  const methods = items.flatMap((item) => Object.keys(item).filter((key) => key !== 'parameters'))
  const parameters = Object.values(document.components.parameters) as { in: string; name: string }[]
  const names = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name)
  expect(names.length).toBeGreaterThan(2)
  expect(listOf(response, 'access-control-allow-methods')).toEqual(
    expect.arrayContaining([...new Set(methods)].map((method) => method.toUpperCase())),
  )
  expect(listOf(response, 'access-control-allow-headers')).toEqual(
    expect.arrayContaining([
      'Authorization',
      'Content-Type',
      'Traceparent',
      'Tracestate',
      'X-Request-Id',
      ...names,
    ]),
  )
})

test('every response of the API, errors included, can be read by pages of a listed origin', async () => {
  let broken = false
  const now = () => {
    if (broken) throw new Error('broken')
    return Date.now()
  }
  const server = await startServer({
    now,
    environment: {
      REKEY_CORS_ORIGINS: admin,
      REKEY_ROTATIONS_PER_MINUTE: '1',
      REKEY_REQUEST_TIMEOUT_MS: '500',
    },
  })
  const secret = `/api/v1${await provision(server)}/secret`
  const authorization = `Bearer ${await token()}`
  const json = { authorization, 'content-type': 'application/json' }
  const requests: [number, string, string, Record<string, string>, string?][] = [
    [200, 'PATCH', secret, { authorization }],
    [429, 'PATCH', secret, { authorization }],
    [304, 'GET', secret, { authorization, 'if-none-match': '*' }],
    [400, 'GET', `${applications}?limit=0`, { authorization }],
    [401, 'GET', applications, {}],
    [403, 'GET', applications, { authorization: `Bearer ${await token({ scope: 'messages:sign' })}` }],
    [404, 'GET', '/api/v1/applications/app_2', { authorization }],
    [404, 'GET', '/nowhere', {}],
    [405, 'POST', applications, {}],
    [412, 'DELETE', `${secret}/previous`, { authorization, 'if-match': '"key_other"' }],
    [413, 'PATCH', secret, json, 'x'.repeat(65_537)],
    [415, 'PATCH', secret, { authorization, 'content-type': 'text/plain' }, 'text'],
    [500, 'GET', applications, { authorization }],
  ]
  for (const [status, method, path, headers, body = null] of requests) {
    broken = status === 500
    const response = await fetch(server.origin + path, {
      method,
      headers: { origin: admin, ...headers },
      body,
    })
    expect([path, response.status]).toEqual([path, status])
    expect([status, response.headers.get('access-control-allow-origin')]).toEqual([status, admin])
    expect(response.headers.get('vary')).toBe('Origin')
    expect(listOf(response, 'access-control-expose-headers')).toEqual(
      expect.arrayContaining([
        'ETag',
        'Retry-After',
        'X-Request-Id',
        'Idempotency-Replayed',
        'WWW-Authenticate',
      ]),
    )
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  }
})

test('a 502 and a 504 can be read by pages of a listed origin', async () => {
  const signer = createSigner('ES256')
  const issuer = await startJwksServer(signer)
  const server = await start({
    REKEY_JWT_SECRET: '',
    REKEY_JWKS_URL: issuer.url,
    REKEY_REQUEST_TIMEOUT_MS: '500',
  })
  const authorization = `Bearer ${await signedBy(signer)}`
  const connection = await connectTo(server.origin)
  // The body never arrives.
  const json = { 'content-type': 'application/json', 'content-length': 2 }
  connection.send(rawRequest('PUT', `${applications}/app_1`, { origin: admin, authorization, ...json }))
  expect(await connection.answer()).toMatchObject({
    status: 504,
    headers: { 'access-control-allow-origin': admin, vary: 'Origin' },
  })
  await issuer.goDown()
  const forgotten = await start({ REKEY_JWT_SECRET: '', REKEY_JWKS_URL: issuer.url })
  const response = await fetch(forgotten.origin + applications, { headers: { origin: admin, authorization } })
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([502, admin])
})

test('every response header that the OpenAPI document declares is exposed to pages, or readable by any page', async () => {
  const response = await fetch(`${(await start()).origin}${applications}`, { headers: { origin: admin } })
  const declared = JSON.stringify(document).matchAll(/"headers":\{((?:"[\w-]+":\{[^{}]*\},?)+)\}/g)
  const names = new Set(
    [...declared].flatMap(([, text = '']) =>
      [...text.matchAll(/"([\w-]+)":\{/g)].map(([, name = '']) => name),
    ),
  )
  const safelisted = [
    'Cache-Control',
    'Content-Language',
    'Content-Type',
    'Expires',
    'Last-Modified',
    'Pragma',
  ]
  const readable = new Set([...safelisted, ...listOf(response, 'access-control-expose-headers')])
  expect(names.size).toBeGreaterThan(4)
  expect([...names].filter((name) => !readable.has(name) && name !== 'Accept-Encoding')).toEqual([])
})

test.each([
  'https://other.example',
  'https://admin.example.evil.example',
  'https://admin.example:8443',
  'http://admin.example',
  'https://sub.admin.example',
  'null',
  '*',
])(
  'a page of %s cannot read any response of the API, and its preflight request returns 405 like other OPTIONS requests',
  async (from) => {
    const server = await start()
    const refused = await preflight(server, from)
    expect([refused.status, refused.headers.get('allow'), corsHeaders(refused)]).toEqual([
      405,
      'GET, HEAD',
      [],
    ])
    const read = await fetch(server.origin + applications, { headers: { origin: from } })
    expect([read.status, read.headers.get('vary'), corsHeaders(read)]).toEqual([401, 'Origin', []])
  },
)

test('without REKEY_CORS_ORIGINS, or without an Origin header, responses have no CORS headers', async () => {
  const closed = await start({ REKEY_CORS_ORIGINS: '' })
  const refused = await preflight(closed, admin)
  expect([refused.status, refused.headers.get('vary'), corsHeaders(refused)]).toEqual([405, null, []])
  const plain = await fetch((await start()).origin + applications)
  expect([plain.status, plain.headers.get('vary'), corsHeaders(plain)]).toEqual([401, 'Origin', []])
})

test('an OPTIONS request that is not a preflight request returns 405 with Allow, even from a listed origin', async () => {
  const { origin } = await start()
  const response = await fetch(origin + applications, { method: 'OPTIONS', headers: { origin: admin } })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('the OpenAPI documents can be read by pages of any origin, and the other paths outside the API by none', async () => {
  const { origin } = await start()
  const read = async (path: string, from: string) =>
    (await fetch(origin + path, { headers: { origin: from } })).headers.get('access-control-allow-origin')
  for (const path of ['/openapi.json', '/openapi-3.0.json'])
    expect([path, await read(path, 'https://other.example'), await read(path, admin)]).toEqual([
      path,
      '*',
      '*',
    ])
  for (const path of ['/healthz', '/readyz', '/metrics', '/docs', '/console', '/docs/feedback'])
    expect([path, await read(path, admin)]).toEqual([path, null])
})

test('a preflight request below the prefix of the public URL is answered', async () => {
  const server = await start({ REKEY_PUBLIC_URL: 'https://platform.example/rekey' })
  expect((await preflight(server, admin, `/rekey${applications}`)).status).toBe(204)
})
