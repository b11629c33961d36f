import { createServer, type RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { listen } from '../../support/listen.ts'
import { startServer } from '../../support/server.ts'

/** Starts an identity provider that has only a discovery document, and a server that uses it. */
async function start(document: (issuer: string) => object | string) {
  let reads = 0
  const answer: RequestListener = ({ url }, response) => {
    reads++
    const content = document(issuer)
    if (url !== '/tenant/.well-known/openid-configuration') response.writeHead(404).end()
    else response.end(typeof content === 'string' ? content : JSON.stringify(content))
  }
  const issuer = `http://127.0.0.1:${await listen(createServer(answer))}/tenant`
  const server = await startServer({
    environment: {
      REKEY_JWT_SECRET: '',
      REKEY_JWKS_URL: `${issuer}/jwks`,
      REKEY_JWT_ISSUER: issuer,
      REKEY_OIDC_CLIENT_ID: '</script><script>alert(1)</script>',
    },
  })
  return { issuer, logs: server.logs, open: () => openConsole(server.origin), reads: () => reads }
}

async function openConsole(origin: string) {
  const response = await fetch(`${origin}/console`)
  const html = await response.text()
  const [, json = ''] = /<script type="application\/json" id="provider">(.*?)<\/script>/s.exec(html) ?? []
  const policy = response.headers.get('content-security-policy') ?? ''
  return {
    settings: JSON.parse(json) as { clientId: string; metadata: object | null },
    connections: /connect-src ([^;]*)/.exec(policy)?.[1],
  }
}

const metadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${new URL(issuer).origin}/auth`,
  token_endpoint: 'http://tokens.id.example:8443/token?tenant=1',
  jwks_uri: 'http://keys.id.example/jwks',
  userinfo_endpoint: 'http://users.id.example/me',
})

test("the page has the provider's settings, and its CSP allows only the origin of the token endpoint", async () => {
  const { issuer, open, reads } = await start(metadata)
  const { settings, connections } = await open()
  expect(settings).toMatchObject({
    clientId: '</script><script>alert(1)</script>',
    scope: 'openid',
    metadata: { issuer, token_endpoint: 'http://tokens.id.example:8443/token?tenant=1' },
  })
  expect(connections).toBe("'self' http://tokens.id.example:8443")
  await Promise.all(Array.from({ length: 10 }, open))
  expect(reads()).toBe(1)
})

test.each<[string, (issuer: string) => object | string, string]>([
  [
    'another issuer',
    (issuer) => ({ ...metadata(issuer), issuer: 'https://evil.example' }),
    'REKEY_JWT_ISSUER',
  ],
  ['no token endpoint', (issuer) => ({ ...metadata(issuer), token_endpoint: undefined }), 'token_endpoint'],
  [
    'a script as an endpoint',
    (issuer) => ({ ...metadata(issuer), token_endpoint: 'javascript:a' }),
    'token_endpoint',
  ],
  ...["a';script-src;b", 'a.example,sandbox', '*'].map(
    (host): [string, (issuer: string) => object, string] => [
      `the host ${host}, which would change the page's policy`,
      (issuer) => ({ ...metadata(issuer), token_endpoint: `http://${host}/token` }),
      'token_endpoint',
    ],
  ),
  ['more than 256 KiB', () => ' '.repeat(300_000), '262144 bytes'],
  ['no JSON', () => 'no JSON', 'JSON'],
])(
  'if the discovery document has %s, the page works without the provider, and the log says why',
  async (_, document, reason) => {
    const { open, logs } = await start(document)
    const { settings, connections } = await open()
    expect([settings.metadata, connections]).toEqual([null, "'self'"])
    expect(logs).toContainEqual(
      expect.objectContaining({
        level: 40,
        error: expect.objectContaining({ message: expect.stringContaining(reason) as string }) as object,
      }),
    )
  },
)

test('without REKEY_OIDC_CLIENT_ID, the page has no provider settings, and the server fetches none', async () => {
  const { origin } = await startServer()
  const html = await (await fetch(`${origin}/console`)).text()
  expect(html).toContain('<script type="application/json" id="provider"></script>')
})
