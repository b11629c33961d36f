import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect, onTestFinished, type TestContext } from 'vitest'
import { openPage, type BrowserPage } from './browser.ts'
import type { TestServer } from './server.ts'

export interface RotatePageOptions extends BrowserContextOptions {
  /** Error statuses that the test provokes. The browser logs each as an error, which the final check then ignores. */
  failures?: (number | 'net')[]
}

/**
 * Opens an invitation's link in a browser of its own. After the test, checks that the page logged no unexpected error,
 * such as a CSP violation, and sent requests only to this server.
 */
export async function openInvitation(
  context: Pick<TestContext, 'skip'>,
  server: Pick<TestServer, 'origin'>,
  url: string,
  { failures = [], ...options }: RotatePageOptions = {},
): Promise<BrowserPage> {
  const opened = await openPage(context, { locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
  const { page, errors, origins } = opened
  page.setDefaultTimeout(15_000)
  onTestFinished(() => {
    const foreseen = new RegExp(`^Failed to load resource: .*(${['^', ...failures].join('|')})`)
    expect(errors.filter((error) => !foreseen.test(error))).toEqual([])
    expect([...origins].filter((origin) => origin !== 'null')).toEqual([new URL(server.origin).origin])
  })
  await page.goto(url)
  return opened
}

/** Finds the button that is the rotation. */
export function rotateButton(page: Page): Locator {
  return page.getByRole('button', { name: 'Rotate the secret and show it' })
}

/** Waits for the new secret, reveals it and returns it. */
export async function secretOn(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  return page.locator('.secret .value').innerText()
}
