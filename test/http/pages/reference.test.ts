import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startServer } from '../../support/server.ts'

const folder = join(import.meta.dirname, '../../../src/web/reference')

test("the reference page's CSP allows no scripts except files from the page's origin", async () => {
  const { origin } = await startServer()
  const response = await fetch(`${origin}/docs`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')?.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self' http: https:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ])
})

test("serves every file of the reference page, including the Scalar package's script", async () => {
  const { origin } = await startServer()
  const files = readdirSync(folder).filter((name) => /\.(ts|css)$/.test(name))
  expect(files).toContain('main.ts')
  for (const name of [...files, 'scalar.js']) {
    const response = await fetch(`${origin}/docs/${name}`)
    expect(response.status, name).toBe(200)
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
    expect(response.headers.get('content-type'), name).toBe(`${type}; charset=utf-8`)
    if (name === 'scalar.js') expect(await response.text()).toContain('createApiReference')
  }
})

test('files that the reference page does not need return 404', async () => {
  const { origin } = await startServer()
  for (const path of ['/docs/index.html', '/docs/tsconfig.json', '/docs/%2e%2e/console/main.ts'])
    expect((await fetch(origin + path)).status, path).toBe(404)
})
