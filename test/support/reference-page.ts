import type { BrowserContextOptions, Locator } from 'playwright-core'
import type { TestContext } from 'vitest'
import { openPage, type BrowserPage } from './browser.ts'
import { documentedOperations } from './document.ts'
import { startServer, type TestServer } from './server.ts'

const found = documentedOperations.find(({ operationId }) => operationId === 'rotateWebhookSecret')
if (!found) throw new Error('the document has no operation rotateWebhookSecret')

/** The rotation's operation in the document. */
export const rotation = found

export interface ReferencePage extends BrowserPage {
  server: TestServer
  /** The rotation's section of the page. */
  section: Locator
  /** Its try-it form. */
  form: Locator
  /** Its panel of code samples. */
  samples: Locator
}

/** Opens the reference page of a new server, and waits for the rotation's form. */
export async function openReference(
  context: Pick<TestContext, 'skip'>,
  options?: BrowserContextOptions,
): Promise<ReferencePage> {
  const opened = await openPage(context, { viewport: { width: 1280, height: 900 }, ...options })
  const { page } = opened
  const server = await startServer()
  await page.goto(`${server.origin}/docs`)
  const form = page.locator('rekey-try-it[x-rekey-operation=rotateWebhookSecret]')
  await form.waitFor()
  const section = page.locator('section').filter({ has: form }).last()
  return { ...opened, server, section, form, samples: section.locator('.request-card') }
}

/** Fills in the form's fields, by label. */
export async function enter(form: Locator, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await form.getByLabel(label).fill(value)
}

export async function textOf(panel: Locator): Promise<string> {
  return (await panel.textContent()) ?? ''
}
