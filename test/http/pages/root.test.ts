import { expect, test } from 'vitest'
import { startServer } from '../../support/server.ts'

/** What Chromium sends with the address that a person enters. */
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

async function open(
  environment: Record<string, string>,
  init: RequestInit = {},
  path = '/',
): Promise<(string | number | null)[]> {
  const { origin } = await startServer({ environment })
  const headers = { accept: browser }
  const response = await fetch(origin + path, { headers, redirect: 'manual', ...init })
  return [response.status, response.headers.get('location')]
}

test('the root redirects a browser to the reference, or to the console if the reference is turned off', async () => {
  expect(await open({})).toEqual([302, './docs'])
  expect(await open({}, { method: 'HEAD', headers: { accept: browser } })).toEqual([302, './docs'])
  expect(await open({ REKEY_PAGES: 'console' })).toEqual([302, './console'])
  expect(await open({ REKEY_PAGES: 'none' })).toEqual([404, null])
})

test('behind a proxy that removes or keeps the path prefix, the root redirects to the public URL', async () => {
  const environment = { REKEY_PUBLIC_URL: 'https://platform.example/rekey' }
  for (const path of ['/', '/rekey', '/rekey/'])
    expect(await open(environment, {}, path)).toEqual([302, 'https://platform.example/rekey/docs'])
})

test.each(['*/*', 'application/json', ''])(
  'with Accept: %s, the root returns 404 in JSON',
  async (accept) => {
    const { origin } = await startServer()
    const response = await fetch(origin, { headers: { accept } })
    expect([response.status, await response.json()]).toEqual([404, expect.objectContaining({ code: 404 })])
  },
)

test('any other method at the root returns 404 in JSON, even from a browser', async () => {
  expect(await open({}, { method: 'POST', headers: { accept: browser } })).toEqual([404, null])
})
