import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, onTestFinished, type TestContext } from 'vitest'
import { chromiumLaunch } from './chromium.ts'

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
 * A new page in a real Chromium, closed after the test. A machine that has none skips the test with a
 * printed line; CI has one.
 */
export async function openPage(
  { skip }: Pick<TestContext, 'skip'>,
  options: BrowserContextOptions = {},
): Promise<BrowserPage> {
  const launch = chromiumLaunch()
  if (!launch) {
    const absence = 'this machine has no Chromium; CHROMIUM names one that is elsewhere'
    if (process.env['CI']) throw new Error(absence)
    console.warn(`skipped: ${absence}`)
    return skip(absence)
  }
  browser ??= chromium.launch(launch)
  const context = await (await browser).newContext(options)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const errors: string[] = []
  const origins = new Set<string>()
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  return { page, errors, origins }
}
