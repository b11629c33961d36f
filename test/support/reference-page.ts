import type { BrowserContextOptions, Locator } from 'playwright-core'
import type { TestContext } from 'vitest'
import { openPage, type BrowserPage } from './browser.ts'
import { documentedOperations } from './document.ts'
import { startServer, type TestServer } from './server.ts'

const found = documentedOperations.find(({ operationId }) => operationId === 'rotateWebhookSecret')
if (!found) throw new Error('the document has no operation rotateWebhookSecret')

/** The OpenAPI document's operation `rotateWebhookSecret`. */
export const rotation = found

export interface ReferencePage extends BrowserPage {
  form: Locator
  /** The element that shows the response. */
  answer: Locator
}

export interface ReferenceOptions extends BrowserContextOptions {
  /** The part of the URL after `/docs`. */
  at?: string
}

/** Opens a new server's reference page. */
export async function openReference(
  context: Pick<TestContext, 'skip'>,
  options?: ReferenceOptions,
): Promise<ReferencePage & { server: TestServer }> {
  const server = await startServer()
  return { server, ...(await openReferenceAt(context, server.origin, options)) }
}

/** Opens the reference page below a URL. */
export async function openReferenceAt(
  context: Pick<TestContext, 'skip'>,
  url: string,
  { at = '', ...options }: ReferenceOptions = {},
): Promise<ReferencePage> {
  const opened = await openPage(context, { viewport: { width: 1280, height: 900 }, ...options })
  const { page } = opened
  page.setDefaultTimeout(15_000)
  await page.goto(`${url}/docs${at}`)
  return { ...opened, form: page.locator('form'), answer: page.locator('.answer') }
}

/** Fills in form fields. @param values the text for each field, by label */
export async function enter(form: Locator, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values))
    await form.getByLabel(label, { exact: true }).fill(value)
}

/** Presses Send, and confirms the request if the page asks. */
export async function send(form: Locator): Promise<void> {
  await form.getByRole('button', { name: 'Send' }).click()
  const dialog = form.getByRole('dialog')
  if (await dialog.isVisible()) await dialog.getByRole('button', { name: 'Send' }).click()
}

export async function textOf(panel: Locator): Promise<string> {
  return (await panel.textContent()) ?? ''
}
