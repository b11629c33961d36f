import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { serve } from '../support/serve.ts'
import { startServer, temporaryFolder } from '../support/server.ts'

test('the page runs its own modules and its import map, and nothing else', async () => {
  const { origin } = await startServer()
  const page = await fetch(`${origin}/console`)
  const html = await page.text()
  const [, importMap = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(html) ?? []
  const hash = createHash('sha256').update(importMap).digest('base64')
  expect(page.headers.get('content-security-policy')?.split('; ')).toEqual([
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ])
  expect(html).not.toMatch(/ style=| on\w+=/)
  const redirect = await fetch(`${origin}/console/`, { redirect: 'manual' })
  expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '../console'])
})

test('every module that the page imports is there, as JavaScript, and no warning is printed', async () => {
  const { origin, stop, errors } = await serve(temporaryFolder())
  const html = await (await fetch(`${origin}/console`)).text()
  const [, importMap = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(html) ?? []
  const packages = (JSON.parse(importMap) as { imports: Record<string, string> }).imports
  const [, main = ''] = /<script type="module" src="(.*?)"/.exec(html) ?? []
  const found = new Set<string>()
  const waiting = [new URL(main, `${origin}/console`).href]
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (found.has(url)) continue
    found.add(url)
    const response = await fetch(url)
    expect([url, response.status, response.headers.get('content-type')]).toEqual([
      url,
      200,
      'text/javascript; charset=utf-8',
    ])
    const text = await response.text()
    expect(text).not.toMatch(/^(import|export) type |^interface /m)
    for (const [, specifier = ''] of text.matchAll(/^(?:import|export)\b[^'";]*?from '([^']+)'/gm))
      waiting.push(
        packages[specifier] === undefined
          ? new URL(specifier, url).href
          : new URL(packages[specifier], `${origin}/console`).href,
      )
  }
  expect([...found].map((url) => new URL(url).pathname)).toEqual(
    expect.arrayContaining([
      '/console/console/main.ts',
      '/console/console/views/webhook.ts',
      '/console/client/safe-retries.ts',
      '/console/packages/lit-html.js',
      '/console/packages/openapi-fetch.js',
    ]),
  )
  expect(await stop('SIGTERM')).toBe(0)
  expect(errors()).toBe('')
})

test('nothing beside the page is served with it', async () => {
  const { origin } = await startServer()
  for (const path of ['/console/main.ts', '/console/http/server.ts', '/console/console/tsconfig.json'])
    expect([path, (await fetch(origin + path)).status]).toEqual([path, 404])
})
