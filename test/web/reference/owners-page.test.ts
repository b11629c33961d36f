import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { openReference, textOf } from '../../support/reference-page.ts'

/** The owner's page, line by line. */
const lines = readFileSync(
  join(import.meta.dirname, '../../reference/rotate-webhook-signing-secret.txt'),
  'utf8',
)
  .split('\n')
  .map(bare)
  .filter((line) => line !== '')
const path = '/api/v1/applications/{applicationId}/webhooks/{webhookId}/secret'

test("without JavaScript, the page has every line of the owner's page, in the owner's order", async (context) => {
  const { page } = await openReference(context, { javaScriptEnabled: false })
  const text = bare(await textOf(page.locator('article')))
  // The owner's page shows the method on both sides of the path, the reference only before it.
  const wanted = lines.map((line) => (line === `${path}PATCH` ? path : line))
  let position = 0
  for (const line of wanted) {
    const at = text.indexOf(line, position)
    expect(at, `${line}, after ${text.slice(Math.max(0, position - 60), position)}`).toBeGreaterThanOrEqual(0)
    position = at + line.length
  }
})

test("shows each element of the owner's page with the matching HTML element", async (context) => {
  const { page, form } = await openReference(context)
  const title = 'Rotate webhook signing secret'
  expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual([title])
  expect(bare(await textOf(form.getByRole('heading', { level: 2 }).first()))).toBe(`PATCH${path}`)
  for (const [label, before, after] of [
    ['Base URL', '', 'string'],
    ['Bearer Token', '', 'string Required'],
    ['applicationId', 'path', 'string Required'],
    ['webhookId', 'path', 'string Required'],
  ] as const) {
    const field = form.locator('.field').filter({ has: page.getByLabel(label, { exact: true }) })
    expect(bare(await textOf(field.locator('p').first()))).toBe(bare(before + label + after))
    expect(lines).toContain(
      bare(await textOf(field.locator('p').nth(1))).replace(
        /^/,
        after.endsWith('Required') ? 'Required' : '',
      ),
    )
  }
  for (const name of ['Request Preview', 'Response'])
    expect(await form.getByRole('heading', { name, exact: true }).count()).toBe(1)
  await form.getByText('Response will appear here after sending the request', { exact: true }).waitFor()
  expect(await form.getByRole('button', { name: 'Send', exact: true }).isEnabled()).toBe(true)

  expect((await rowsOf(page, 'Authentication')).slice(0, 1)).toEqual([
    ['header Authorization string Required', 'Bearer token (JWT). Authentication token required.'],
  ])
  expect(await rowsOf(page, 'Path Parameters')).toEqual([
    ['applicationId string Required', 'ID of the application that owns the webhook.'],
    ['webhookId string Required', 'ID of the webhook configuration to rotate.'],
  ])
  expect((await rowsOf(page, 'Responses')).slice(0, 2)).toEqual([
    [
      'keyFingerprint string Required',
      'Fingerprint of the newly generated signing key. Safe to display and store.',
    ],
    [
      'signingSecret string Required',
      'Newly generated signing secret. Shown only once on rotation; the merchant must persist it immediately.',
    ],
  ])
  const question = page.getByRole('group', { name: 'Was this page helpful?' })
  expect(await question.getByRole('button').allTextContents()).toEqual(['Yes', 'No'])
})

/** Returns the term of each row of a section, and the first paragraph of its description. */
function rowsOf(page: { locator: (selector: string) => Locator }, title: string): Promise<string[][]> {
  return page
    .locator('section')
    .filter({ has: page.locator(`h2:text-is("${title}")`) })
    .locator('dl > div')
    .evaluateAll(
      (
        rows: {
          querySelector: (selector: string) => {
            textContent: string
            children: Iterable<{ textContent: string }>
          }
        }[],
      ) =>
        rows.map((row) => [
          [...row.querySelector('dt').children].map(({ textContent }) => textContent).join(' '),
          row.querySelector('dd p').textContent,
        ]),
    )
}

test('the five samples and the main responses are tabs that work without JavaScript and with the keyboard', async (context) => {
  const { page } = await openReference(context, { javaScriptEnabled: false })
  for (const [legend, names] of [
    ['Language of the sample', ['cURL', 'Python', 'JavaScript', 'Go', 'Ruby']],
    ['Example of the response with status', ['200', '401', '403', '404', '502', '504']],
  ] as const) {
    const group = page.getByRole('group', { name: legend })
    expect(await group.getByRole('radio').count()).toBe(names.length)
    await group.getByRole('radio').first().focus()
    for (const name of names) {
      expect(await group.getByRole('radio', { name, exact: true }).isChecked()).toBe(true)
      expect(await group.locator('pre:visible').count()).toBe(1)
      await page.keyboard.press('ArrowRight')
    }
    expect(await group.getByRole('radio').first().isChecked()).toBe(true)
  }
})

/** Removes all white space, because the stored copy of the owner's page has no indentation. */
function bare(text: string): string {
  return text.replace(/\s/g, '')
}
