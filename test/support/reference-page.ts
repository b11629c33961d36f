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
  /** The page's section on `rotateWebhookSecret`. */
  section: Locator
  /** The section's try-it form. */
  form: Locator
  /** The section's code samples. */
  samples: Locator
}

/** Opens a new server's reference page. */
export async function openReference(
  context: Pick<TestContext, 'skip'>,
  options?: BrowserContextOptions,
): Promise<ReferencePage & { server: TestServer }> {
  const server = await startServer()
  return { server, ...(await openReferenceAt(context, server.origin, options)) }
}

/** Opens the reference page below a URL, and waits for the try-it form of `rotateWebhookSecret`. */
export async function openReferenceAt(
  context: Pick<TestContext, 'skip'>,
  url: string,
  options?: BrowserContextOptions,
): Promise<ReferencePage> {
  const opened = await openPage(context, { viewport: { width: 1280, height: 900 }, ...options })
  const { page } = opened
  await page.goto(`${url}/docs`)
  const form = page.locator('rekey-try-it[x-rekey-operation=rotateWebhookSecret]')
  await form.waitFor()
  const section = page.locator('section').filter({ has: form }).last()
  return { ...opened, section, form, samples: section.locator('.request-card') }
}

/** Fills in form fields. @param values the text for each field, by label */
export async function enter(form: Locator, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await form.getByLabel(label).fill(value)
}

export async function textOf(panel: Locator): Promise<string> {
  return (await panel.textContent()) ?? ''
}
