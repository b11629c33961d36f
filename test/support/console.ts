import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect, onTestFinished, type TestContext } from 'vitest'
import { openPage, type BrowserPage } from './browser.ts'
import type { TestServer } from './server.ts'
import { token, type TokenClaims } from './tokens.ts'

/** The list of applications. */
export const listAddress = '#/applications'
export const hookAddress = '#/applications/app_1/webhooks/hook_1'

export interface ConsoleOptions extends BrowserContextOptions {
  /** Claims of the token with which to sign in. If null, the page stays on the sign-in view. */
  as?: TokenClaims | null
  /** The part of the URL after `/console`. */
  at?: string
  /** Error statuses that the test provokes. The browser logs each as an error, which the final check then ignores. */
  failures?: number[]
  /** Other origins to which the page may send requests. */
  alsoAt?: string[]
  /** Whether the test controls the page's clock. */
  clock?: boolean
}

export interface Console extends BrowserPage {
  /** The token with the claims `as`, or with full access if `as` is null. */
  bearer: string
}

/**
 * Opens a server's console in a browser. After the test, checks that the page logged no unexpected error, such as a
 * CSP violation, and sent requests only to this server.
 */
export async function openConsole(
  context: Pick<TestContext, 'skip'>,
  /** The origin may include the path prefix below which the page is reached. */
  server: Pick<TestServer, 'origin'>,
  { as = {}, at = '', failures = [], alsoAt = [], clock = false, ...options }: ConsoleOptions = {},
): Promise<Console> {
  const opened = await openPage(context, { locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
  const { page, errors, origins } = opened
  page.setDefaultTimeout(15_000)
  onTestFinished(() => {
    const foreseen = new RegExp(`^Failed to load resource: .* (${['-', ...failures].join('|')}) `)
    expect(errors.filter((error) => !foreseen.test(error))).toEqual([])
    const others = [...origins].filter((origin) => origin !== 'null' && !alsoAt.includes(origin))
    expect(others).toEqual([new URL(server.origin).origin])
  })
  if (clock) await page.clock.install()
  await page.goto(`${server.origin}/console${at}`)
  const bearer = await token(as ?? {})
  if (as) {
    await page.getByLabel('Token').fill(bearer)
    await page.getByRole('button', { name: 'Sign in' }).click()
    // A click is lost if the button moves between the press and the release, as it does while the page loads.
    if (!clock) await page.getByText('Loading…').first().waitFor({ state: 'hidden' })
  }
  return { ...opened, bearer }
}

/** Returns whether the page's heap still contains `text` after a garbage collection. */
export async function heapHolds(page: Page, text: string): Promise<boolean> {
  const session = await page.context().newCDPSession(page)
  let snapshot = ''
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => (snapshot += chunk))
  await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  await session.detach()
  return snapshot.includes(text)
}
