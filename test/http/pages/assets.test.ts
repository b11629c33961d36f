import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import { gunzipSync } from 'node:zlib'
import Koa from 'koa'
import pino from 'pino'
import { expect, test, vi } from 'vitest'
import { serveAssets } from '../../../src/http/pages/assets.ts'
import { respondToErrors } from '../../../src/http/response/error-response.ts'
import { securityHeaders } from '../../../src/http/response/security-headers.ts'
import { listen } from '../../support/listen.ts'

const policy = "default-src 'none'; script-src 'self'"
const style = { type: 'text/css; charset=utf-8', content: 'p { color: red }\n'.repeat(100) }

/** Starts a server that serves these files. @returns the server's origin */
async function serve(loaders: Parameters<typeof serveAssets>[0]): Promise<string> {
  const koa = new Koa()
  koa.use(securityHeaders)
  koa.use(respondToErrors(pino({ level: 'silent' })))
  koa.use(serveAssets(loaders, policy))
  const handle = koa.callback()
  const server = createServer((incoming, response) => void handle(incoming, response))
  return `http://127.0.0.1:${await listen(server)}`
}

interface Answer {
  status: number | undefined
  headers: IncomingHttpHeaders
  bytes: Buffer
}

/** Sends a request and returns the body's raw bytes, which fetch would decompress. */
function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) })
      })
    })
    asked.on('error', reject).end()
  })
}

test("serves a file with its content type and its page's CSP", async () => {
  const origin = await serve({ '/style.css': () => style })
  const { status, headers, bytes } = await ask(`${origin}/style.css`)
  expect(status).toBe(200)
  expect(bytes.toString()).toBe(style.content)
  expect(headers).toMatchObject({
    'content-type': style.type,
    'content-security-policy': policy,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  })
})

test.each(['/', '/style.css/', '/style.cs', '/STYLE.CSS', '/constructor', '/__proto__'])(
  'the unknown path %s returns 404',
  async (path) => {
    const origin = await serve({ '/style.css': () => style })
    expect((await ask(origin + path)).status).toBe(404)
  },
)

test('loads a file only once, on its first request', async () => {
  const load = vi.fn(() => style)
  const origin = await serve({ '/style.css': load })
  await ask(`${origin}/other`)
  expect(load).not.toHaveBeenCalled()
  await Promise.all([ask(`${origin}/style.css`), ask(`${origin}/style.css`)])
  await ask(`${origin}/style.css`)
  expect(load).toHaveBeenCalledTimes(1)
})

test('a request with a matching If-None-Match returns 304 without a body', async () => {
  const origin = await serve({ '/style.css': () => style, '/other.css': () => ({ ...style, content: '' }) })
  const { etag = '' } = (await ask(`${origin}/style.css`)).headers
  const again = await ask(`${origin}/style.css`, { 'if-none-match': etag })
  expect(again).toMatchObject({ status: 304, bytes: Buffer.alloc(0) })
  expect(again.headers).toMatchObject({ etag, vary: 'Accept-Encoding', 'content-security-policy': policy })
  expect((await ask(`${origin}/other.css`, { 'if-none-match': etag })).status).toBe(200)
  expect((await ask(`${origin}/style.css`, { 'if-none-match': '"another"' })).status).toBe(200)
})

test('compresses a file only for clients that accept gzip, with the same weak ETag as the uncompressed file', async () => {
  const origin = await serve({ '/style.css': () => style })
  const plain = await ask(`${origin}/style.css`)
  const zipped = await ask(`${origin}/style.css`, { 'accept-encoding': 'gzip, deflate, br' })
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
  expect(zipped.bytes.length).toBeLessThan(plain.bytes.length)
  expect(Number(zipped.headers['content-length'])).toBe(zipped.bytes.length)
  expect(gunzipSync(zipped.bytes)).toEqual(plain.bytes)
  // The ETag must be weak, because two representations share it (RFC 9110, section 8.8.1).
  expect(zipped.headers.etag).toMatch(/^W\/"/)
  expect(zipped.headers.etag).toBe(plain.headers.etag)
  const refused = await ask(`${origin}/style.css`, { 'accept-encoding': 'gzip;q=0' })
  expect(refused.headers['content-encoding']).toBeUndefined()
})

test('HEAD returns the same headers as GET, without a body', async () => {
  const origin = await serve({ '/style.css': () => style })
  const got = await ask(`${origin}/style.css`)
  const told = await ask(`${origin}/style.css`, {}, 'HEAD')
  expect(told).toMatchObject({ status: 200, bytes: Buffer.alloc(0) })
  for (const name of ['content-type', 'content-length', 'etag', 'vary', 'content-security-policy'])
    expect(told.headers[name], name).toBe(got.headers[name])
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
  '%s returns 405 with `Allow: GET, HEAD` and a JSON error',
  async (method) => {
    const origin = await serve({ '/style.css': () => style })
    const { status, headers, bytes } = await ask(`${origin}/style.css`, {}, method)
    expect(status).toBe(405)
    expect(headers.allow).toBe('GET, HEAD')
    expect(JSON.parse(bytes.toString())).toMatchObject({ error: 'Method Not Allowed', code: 405 })
  },
)

test('a file that fails to load returns an uncacheable 500, and the next request loads it again', async () => {
  let broken = true
  const origin = await serve({
    '/style.css': () => {
      if (broken) throw new Error('no such file')
      return style
    },
  })
  const failed = await ask(`${origin}/style.css`)
  expect(failed.status).toBe(500)
  expect(failed.headers['cache-control']).toBe('no-store')
  expect(failed.bytes.toString()).not.toContain('no such file')
  broken = false
  expect((await ask(`${origin}/style.css`)).status).toBe(200)
})
