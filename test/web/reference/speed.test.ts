import { expect, test } from 'vitest'
import { openPage } from '../../support/browser.ts'
import { documentedOperations } from '../../support/document.ts'
import { startServer } from '../../support/server.ts'

/** Bytes, including the font, that a phone on a slow network can load within a second. */
const maxBytes = 100_000

test("the first view of an operation's page is small, and waits only for the page and one style sheet", async (context) => {
  const { origin } = await startServer()
  const largest = await Promise.all(
    documentedOperations.map(async ({ operationId }) => {
      const url = `${origin}/docs/${operationId}`
      const { headers } = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
      return { url, bytes: Number(headers.get('content-length')) }
    }),
  )
  largest.sort((a, b) => b.bytes - a.bytes)
  for (const { url } of [{ url: `${origin}/docs` }, ...largest.slice(0, 1)]) {
    const { page } = await openPage(context, { viewport: { width: 390, height: 844 } })
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    let bytes = 0
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
    await page.goto(url, { waitUntil: 'networkidle' })
    expect(bytes, url).toBeGreaterThan(30_000)
    expect(bytes, url).toBeLessThan(maxBytes)
    const blocking = await page.evaluate(
      "performance.getEntriesByType('resource').filter((one) => one.renderBlockingStatus === 'blocking').map(({ name }) => name)",
    )
    expect(blocking).toEqual([`${origin}/assets/reference.css`])
  }
})
