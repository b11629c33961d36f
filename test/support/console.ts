import type { BrowserContextOptions } from 'playwright-core'
import { expect, onTestFinished, type TestContext } from 'vitest'
import { openPage, type BrowserPage } from './browser.ts'
import type { TestServer } from './server.ts'
import { token, type TokenClaims } from './tokens.ts'

export const hookAddress = '#/applications/app_1/webhooks/hook_1'

export interface ConsoleOptions extends BrowserContextOptions {
  /** What the token says that is signed in with; null stays on the sign-in view. */
  as?: TokenClaims | null
  /** The part of the address behind `/console`. */
  at?: string
  /** The statuses of failures that the test provokes, which the browser prints. */
  failures?: number[]
  /** Whether the page's clock is the test's to move. */
  clock?: boolean
}

export interface Console extends BrowserPage {
  /** The token that was signed in with. */
  bearer: string
}

/**
 * The console of a server in a browser. Once the test is over, nothing may have been printed that went
 * wrong, such as a breach of the policy, and nothing asked of any other server.
 */
export async function openConsole(
  context: Pick<TestContext, 'skip'>,
  server: Pick<TestServer, 'origin'>,
  { as = {}, at = '', failures = [], clock = false, ...options }: ConsoleOptions = {},
): Promise<Console> {
  const opened = await openPage(context, { locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
  const { page, errors, origins } = opened
  page.setDefaultTimeout(15_000)
  onTestFinished(() => {
    const foreseen = new RegExp(`^Failed to load resource: .* (${['-', ...failures].join('|')}) `)
    expect(errors.filter((error) => !foreseen.test(error))).toEqual([])
    expect([...origins].filter((origin) => origin !== 'null')).toEqual([server.origin])
  })
  if (clock) await page.clock.install()
  await page.goto(`${server.origin}/console${at}`)
  const bearer = await token(as ?? {})
  if (as) {
    await page.getByLabel('Token').fill(bearer)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  return { ...opened, bearer }
}
