import { expect, test } from 'vitest'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const publicUrl = 'https://platform.example/rekey'

function start(url: string | undefined = publicUrl): Promise<TestServer> {
  return startServer({ environment: { REKEY_PUBLIC_URL: url } })
}

/** Sends a request to each of the paths. @returns the statuses */
async function statuses({ origin }: TestServer, paths: string[], init: RequestInit = {}): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await fetch(origin + path, init)).status))
}

test('every path is served with the prefix of the public URL or without it', async () => {
  const server = await start()
  const webhook = await provision(server)
  const headers = { authorization: `Bearer ${await token()}` }
  for (const path of [
    `/api/v1${webhook}`,
    '/openapi.json',
    '/openapi-3.0.json',
    '/docs',
    '/docs/main.ts',
    '/console',
    '/healthz',
  ])
    expect([path, await statuses(server, [path, `/rekey${path}`], { headers })]).toEqual([path, [200, 200]])
  const secret = `/api/v1${webhook}/secret`
  expect(await statuses(server, [secret, `/rekey${secret}`], { method: 'PATCH', headers })).toEqual([
    200, 200,
  ])
  const listed = await fetch(`${server.origin}/rekey/api/v1/applications?limit=1`, { headers })
  expect(await listed.json()).toMatchObject({ items: [{ id: 'app_1' }] })
})

test('does not serve paths with the prefix twice, in another case, percent-encoded, or as part of a segment', async () => {
  const paths = ['/rekey/rekey', '/REKEY', '/%72ekey', '/rekeys', '/x/rekey', '//rekey', '/rekey/']
  const found = await statuses(
    await start(),
    paths.map((path) => `${path}/healthz`),
  )
  expect(found).toEqual(paths.map(() => 404))
  expect(await statuses(await start(), ['/rekey', '/rekey/', '/rekey?x', '/rekeyhealthz'])).toEqual([
    404, 404, 404, 404,
  ])
})

test('without REKEY_PUBLIC_URL, a path with a prefix is unknown', async () => {
  expect(await statuses(await start(''), ['/rekey/healthz', '/healthz'])).toEqual([404, 200])
})

test.each([
  [publicUrl, `${publicUrl}/api/v1`],
  ['https://platform.example/', 'https://platform.example/api/v1'],
  ['', '{origin}/api/v1'],
])('with the public URL %j, both OpenAPI documents name the server %s', async (url, expected) => {
  const { origin } = await start(url)
  for (const [path, version] of [
    ['/openapi.json', '3.1.0'],
    ['/openapi-3.0.json', '3.0.3'],
  ] as const) {
    const document = (await (await fetch(origin + path)).json()) as {
      openapi: string
      servers: { url: string }[]
    }
    expect([document.openapi, document.servers.map(({ url }) => url)]).toEqual([version, [expected]])
  }
})

test('the 404 for a path outside the API names the path of the API under the public URL', async () => {
  const { origin } = await start()
  for (const path of ['/rekey/applications', '/applications']) {
    const { message } = (await (await fetch(origin + path)).json()) as { message: string }
    expect(message).toBe(
      'The requested resource was not found. The paths of the API begin with /rekey/api/v1/.',
    )
  }
})

test.each(['/docs', '/console'])(
  '%s/ redirects to the page below the prefix, whether or not a proxy removed it',
  async (path) => {
    const { origin } = await start()
    for (const prefix of ['', '/rekey']) {
      const { status, headers } = await fetch(`${origin}${prefix}${path}/`, { redirect: 'manual' })
      expect(status).toBe(308)
      expect(new URL(headers.get('location') ?? '', `${publicUrl}${path}/`).href).toBe(publicUrl + path)
    }
  },
)

test('feedback is accepted from pages of the public URL, even if a proxy changes Host', async () => {
  const { origin } = await start()
  const from = async (page: string) => {
    const headers = { 'content-type': 'application/json', origin: page }
    return (await fetch(`${origin}/docs/feedback`, { method: 'POST', headers, body: '{"helpful":true}' }))
      .status
  }
  expect(await from('https://platform.example')).toBe(204)
  expect(await from('https://other.example')).toBe(403)
})
