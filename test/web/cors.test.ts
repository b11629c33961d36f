import { createServer } from 'node:http'
import type { Page } from 'playwright-core'
import { expect, test, type TestContext } from 'vitest'
import { openPage } from '../support/browser.ts'
import { listen } from '../support/listen.ts'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** Serves an empty page. @returns its origin */
async function startSite(): Promise<string> {
  const site = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<title>A page</title>')
  })
  return `http://127.0.0.1:${await listen(site)}`
}

async function openSite(context: TestContext, site: string): Promise<Page> {
  const { page } = await openPage(context)
  await page.goto(site)
  return page
}

interface Seen {
  status: number
  headers: Record<string, string>
}

/** Sends a request from the page. @returns what the page may read of the response, or the browser's error */
function send(
  page: Page,
  url: string,
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<Seen | string> {
  return page.evaluate(
    ([url, init]) =>
      fetch(url, init).then(
        ({ status, headers }) => ({ status, headers: Object.fromEntries(headers) }),
        (error: unknown) => String(error),
      ),
    [url, init] as const,
  )
}

test('a page of a listed origin rotates a secret, and reads ETag, Retry-After, X-Request-Id, Idempotency-Replayed and the errors', async (context) => {
  const site = await startSite()
  const { origin, api, ...server } = await startServer({
    environment: { REKEY_CORS_ORIGINS: site, REKEY_ROTATIONS_PER_MINUTE: '1' },
  })
  const secret = `${origin}/api/v1${await provision({ api })}/secret`
  const page = await openSite(context, site)
  const authorization = `Bearer ${await token()}`
  const rotate = (key: string) =>
    send(page, secret, {
      method: 'PATCH',
      headers: { authorization, 'idempotency-key': key, 'x-request-id': key },
    })
  expect(await rotate('first')).toMatchObject({
    status: 200,
    headers: { etag: expect.stringMatching(/^"key_/) as string, 'x-request-id': 'first' },
  })
  expect(await rotate('first')).toMatchObject({ status: 200, headers: { 'idempotency-replayed': 'true' } })
  expect(await rotate('second')).toMatchObject({
    status: 429,
    headers: { 'retry-after': expect.stringMatching(/^\d+$/) as string, 'x-request-id': 'second' },
  })
  expect(await send(page, secret)).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Bearer realm="rekey"' },
  })
  expect(await send(page, `${origin}/api/v1/nowhere`, { headers: { authorization } })).toMatchObject({
    status: 404,
  })
  // The browser has sent preflight requests, without a token.
  expect(server.logs.filter(({ method, status }) => method === 'OPTIONS' && status === 204)).not.toEqual([])
})

test('a page of another origin can read only /openapi.json', async (context) => {
  const { origin, logs } = await startServer({ environment: { REKEY_CORS_ORIGINS: 'https://admin.example' } })
  const page = await openSite(context, await startSite())
  const headers = { authorization: `Bearer ${await token()}` }
  for (const path of ['/api/v1/applications', '/healthz', '/metrics', '/docs'])
    expect([path, await send(page, origin + path, { headers })]).toEqual([path, 'TypeError: Failed to fetch'])
  expect(await send(page, `${origin}/api/v1/applications`)).toBe('TypeError: Failed to fetch')
  expect(
    logs.filter(({ operationId, status }) => operationId === 'listApplications' && status === 200),
  ).toEqual([])
  expect(await send(page, `${origin}/openapi.json`)).toMatchObject({ status: 200 })
})
