import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { startServer } from '../../support/server.ts'

test('the page for invitations runs only its own scripts, is never cached, and sends no referrer', async () => {
  const { origin } = await startServer()
  const page = await fetch(`${origin}/rotate`)
  const html = await page.text()
  const [, importMap = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(html) ?? []
  const hash = createHash('sha256').update(importMap).digest('base64')
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy.split('; ')).toEqual([
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
  expect(policy).not.toContain('unsafe')
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  expect(page.headers.get('x-frame-options')).toBe('DENY')
  expect(html).toContain('<meta name="robots" content="noindex, nofollow" />')
  expect(html).not.toMatch(/ style=| on\w+=/)
})

test('with REKEY_PAGES=rotate, the server serves the page for invitations, but not the console or the reference', async () => {
  const { origin } = await startServer({ environment: { REKEY_PAGES: 'rotate' } })
  const status = async (path: string) => (await fetch(origin + path)).status
  expect(await status('/rotate')).toBe(200)
  expect(await status('/rotate/web/rotate/main.ts')).toBe(200)
  expect(await status('/assets/packages/lit-html.js')).toBe(200)
  for (const path of ['/console', '/docs', '/rotate/web/console/main.ts', '/rotate/tsconfig.json'])
    expect([path, await status(path)]).toEqual([path, 404])
})
