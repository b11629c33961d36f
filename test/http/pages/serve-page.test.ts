import { expect, test } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { browserPackages } from '../../../src/http/pages/browser-packages.ts'
import { serve } from '../../support/serve.ts'
import { startServer, temporaryFolder } from '../../support/server.ts'

test('every module that the pages import is served as JavaScript, and the server prints no warning', async () => {
  const { origin, stop, errors } = await serve(temporaryFolder())
  const found = [...(await modulesOf(`${origin}/docs`)), ...(await modulesOf(`${origin}/console`))]
  expect(found.map((url) => new URL(url).pathname)).toEqual(
    expect.arrayContaining([
      '/docs/main.ts',
      '/docs/element.ts',
      '/console/web/console/main.ts',
      '/console/web/console/views/webhook.ts',
      '/console/client/safe-retries.ts',
      '/assets/packages/lit-html.js',
      '/assets/packages/openapi-fetch.js',
    ]),
  )
  expect(await stop('SIGTERM')).toBe(0)
  expect(errors()).toBe('')
})

test('the pages need no development dependency, so npm ci --omit=dev is enough to serve them', () => {
  const needed = Object.values(browserPackages).map(
    (find) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(find().pathname)?.[1],
  )
  expect(Object.keys(packageJson.dependencies)).toEqual(expect.arrayContaining(needed))
})

/** Requests a page and every module that it imports directly or indirectly. @returns the modules' URLs */
async function modulesOf(page: string): Promise<Set<string>> {
  const html = await (await fetch(page)).text()
  const [, importMap = '{"imports":{}}'] = /<script type="importmap">(.*?)<\/script>/s.exec(html) ?? []
  const packages = (JSON.parse(importMap) as { imports: Record<string, string> }).imports
  const [, main = ''] = /<script type="module" src="(.*?)"/.exec(html) ?? []
  const found = new Set<string>()
  const waiting = [new URL(main, page).href]
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
    for (const [, specifier = ''] of text.matchAll(/^(?:import|export)(?:\b[^'";]*?from)? '([^']+)'/gm))
      waiting.push(new URL(packages[specifier] ?? specifier, packages[specifier] ? page : url).href)
  }
  return found
}

test.each(['/docs', '/console'])(
  '%s with a trailing slash redirects to the page, under any path prefix that a proxy adds',
  async (path) => {
    const { origin } = await startServer()
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await fetch(`${origin}${path}/`, { method, redirect: 'manual' })
      expect(status).toBe(308)
      const location = headers.get('location') ?? ''
      expect(new URL(location, `https://proxy.example/rekey${path}/`).pathname).toBe(`/rekey${path}`)
    }
    expect((await fetch(`${origin}${path}/`)).status).toBe(200)
    const posted = await fetch(`${origin}${path}/`, { method: 'POST' })
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  },
)
