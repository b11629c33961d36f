import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, onTestFinished, type TestContext } from 'vitest'
import { chromiumLaunch } from './chromium.ts'
import { skipWithout } from './tools.ts'

export interface BrowserPage {
  page: Page
  /** What went wrong in the page so far: errors on its console, and those that nobody caught. */
  errors: string[]
  /** The origin of every request that the page has made so far. */
  origins: Set<string>
}

/** One for all tests of a file, which have nothing in common in it. */
let browser: Promise<Browser> | undefined
afterAll(async () => {
  await (await browser)?.close()
})

/**
 * A new page in a real Chromium, closed after the test, which a machine that has none skips.
 */
export async function openPage(
  context: Pick<TestContext, 'skip'>,
  options: BrowserContextOptions = {},
): Promise<BrowserPage> {
  const launch = chromiumLaunch()
  if (!launch) skipWithout(context, 'this machine has no Chromium; CHROMIUM names one that is elsewhere')
  browser ??= chromium.launch(launch)
  const session = await (await browser).newContext(options)
  onTestFinished(() => session.close())
  const page = await session.newPage()
  const errors: string[] = []
  const origins = new Set<string>()
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  return { page, errors, origins }
}
