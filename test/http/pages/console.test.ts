import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { startServer } from '../../support/server.ts'

test("the console's CSP allows no scripts except same-origin modules and the page's import map", async () => {
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
    "font-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ])
  expect(html).not.toMatch(/ style=| on\w+=/)
})

test('source files that the console does not need return 404', async () => {
  const { origin } = await startServer()
  for (const path of ['/console/main.ts', '/console/http/server.ts', '/console/web/console/tsconfig.json'])
    expect([path, (await fetch(origin + path)).status]).toEqual([path, 404])
})
