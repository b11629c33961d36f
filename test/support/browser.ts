import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { onTestFinished, type TestContext } from 'vitest'
import { chromiumLaunch } from './chromium.ts'
import { skipWithout } from './tools.ts'

export interface BrowserPage {
  page: Page
  /** Console errors and uncaught exceptions so far. */
  errors: string[]
  /** Origins that the page has sent requests to so far. */
  origins: Set<string>
}

/** Shared by all tests of a process, and closed when it exits; each test has its own browser context. */
let browser: Promise<Browser> | undefined

/** Opens a page in a real Chromium, and closes it when the test ends. Skips the test if Chromium is not installed. */
export async function openPage(
  context: Pick<TestContext, 'skip'>,
  options: BrowserContextOptions = {},
): Promise<BrowserPage> {
  const launch = chromiumLaunch()
  if (!launch) skipWithout(context, 'found no Chromium; set CHROMIUM to the path of its executable')
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
