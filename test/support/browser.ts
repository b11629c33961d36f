import { existsSync } from 'node:fs'
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core'
import { onTestFinished, type TestContext } from 'vitest'

const executables = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

export interface BrowserPage {
  page: Page
  /** What went wrong in the page so far: errors on its console, and those that nobody caught. */
  errors: string[]
  /** The origin of every request that the page has made so far. */
  origins: Set<string>
}

/**
 * A new page in a real Chromium, closed after the test. A machine that has none skips the test with a
 * printed line; CI has one.
 */
export async function openPage(
  { skip }: Pick<TestContext, 'skip'>,
  options: BrowserContextOptions = {},
): Promise<BrowserPage> {
  const executablePath = executables.find((path) => path !== '' && existsSync(path))
  if (executablePath === undefined) {
    const absence = 'this machine has no Chromium; CHROMIUM names one that is elsewhere'
    if (process.env['CI']) throw new Error(absence)
    console.warn(`skipped: ${absence}`)
    return skip(absence)
  }
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  onTestFinished(() => browser.close())
  const page = await browser.newPage(options)
  const errors: string[] = []
  const origins = new Set<string>()
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('request', (request) => origins.add(new URL(request.url()).origin))
  return { page, errors, origins }
}
