import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startServer } from '../../support/server.ts'

test("serves the shared style sheets, and Geist's Latin subset as the only font", async () => {
  const { origin } = await startServer()
  for (const name of ['design', 'controls', 'boxes']) {
    const response = await fetch(`${origin}/assets/${name}.css`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
  }
  const font = await fetch(`${origin}/assets/geist.woff2`)
  expect([font.status, font.headers.get('content-type')]).toEqual([200, 'font/woff2'])
  const file = import.meta.resolve('@fontsource-variable/geist/files/geist-latin-wght-normal.woff2')
  expect(Buffer.from(await font.arrayBuffer()).equals(readFileSync(new URL(file)))).toBe(true)
  expect((await fetch(`${origin}/assets/`)).status).toBe(404)
})
