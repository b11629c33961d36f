import { expect, test } from 'vitest'
import { serve } from '../../support/serve.ts'
import { startServer, temporaryFolder } from '../../support/server.ts'

const paths = {
  reference: ['/docs', '/docs/', '/docs/main.ts', '/docs/overview', '/docs/getWebhook', '/docs/feedback'],
  console: ['/console', '/console/', '/console/web/console/main.ts'],
  rotate: ['/rotate', '/rotate/', '/rotate/web/rotate/main.ts'],
}

test.each([
  ['console', ['reference', 'rotate']],
  ['reference', ['console', 'rotate']],
  ['rotate', ['console', 'reference']],
  ['rotate, console', ['reference']],
  ['none', ['console', 'reference', 'rotate']],
] as const)('with REKEY_PAGES=%s, every path of %s returns the usual 404', async (pages, switchedOff) => {
  const { origin } = await startServer({ environment: { REKEY_PAGES: pages } })
  for (const path of switchedOff.flatMap((page) => paths[page])) {
    const response = await fetch(origin + path, { method: path === '/docs/feedback' ? 'POST' : 'GET' })
    expect([path, response.status, await response.json()]).toEqual([
      path,
      404,
      expect.objectContaining({ code: 404 }),
    ])
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  }
  const others = (['console', 'reference', 'rotate'] as const).filter(
    (page) => !switchedOff.some((off) => off === page),
  )
  for (const page of others) expect((await fetch(`${origin}${paths[page][0]}`)).status, page).toBe(200)
  expect((await fetch(`${origin}/openapi.json`)).status).toBe(200)
  expect((await fetch(`${origin}/assets/design.css`)).status).toBe(pages === 'none' ? 404 : 200)
  const html = await (await fetch(`${origin}/docs`)).text()
  expect(html.includes('href="./console"')).toBe(false)
})

test('without the console, a development server does not print its URL', async () => {
  const { output } = await serve(temporaryFolder(), { REKEY_PAGES: 'reference' })
  expect(output()).toContain('curl -X PATCH')
  expect(output()).not.toContain('/console')
})
