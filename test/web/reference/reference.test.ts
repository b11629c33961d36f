import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { enter, openReference, rotation, textOf } from '../../support/reference-page.ts'
import { provision } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const timeout = 90_000

test('the page loads without errors or requests to other hosts, and no other page of the reference fails', async (context) => {
  const { page, errors, origins, server } = await openReference(context)
  for (const link of await page.getByRole('navigation').getByRole('link').all()) {
    const target = new URL((await link.getAttribute('href')) ?? '', page.url()).href
    await link.click()
    await page.waitForURL(target)
    await link.and(page.locator('[aria-current=page]')).waitFor()
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  expect([...origins]).toEqual([server.origin])
  expect(errors).toEqual([])
})

test('following a link keeps the token, the IDs and the language, and Back returns to the previous page', async (context) => {
  const { page, form } = await openReference(context)
  await page.evaluate('globalThis.stays = true')
  await enter(form, { 'Bearer Token': 'abc', applicationId: 'app_1' })
  await page.getByText('Ruby', { exact: true }).click()
  await page.getByRole('link', { name: 'Get a webhook GET' }).click()
  await page.getByRole('heading', { name: 'Get a webhook', level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/docs/getWebhook')
  expect(await page.title()).toBe('Get a webhook · Rekey API reference')
  expect(await form.getByLabel('Bearer Token', { exact: true }).inputValue()).toBe('abc')
  expect(await form.getByLabel('applicationId').inputValue()).toBe('app_1')
  expect(await page.getByRole('radio', { name: 'Ruby' }).isChecked()).toBe(true)
  expect(await textOf(page.locator('#language pre:visible'))).toContain('/applications/app_1/webhooks/')
  await page.goBack()
  await page.getByRole('heading', { name: rotation.summary }).waitFor()
  expect(await form.getByLabel('Bearer Token', { exact: true }).inputValue()).toBe('abc')
  expect(
    await page.evaluate('[globalThis.stays, JSON.stringify({ ...sessionStorage, ...localStorage })]'),
  ).toEqual([true, '{}'])
})

test('a page that fails to load is requested once more, and then the browser shows what the server sent', async (context) => {
  const { page } = await openReference(context)
  let requests = 0
  await page.route('**/docs/getWebhook', (route) => {
    requests += 1
    return route.fulfill({ status: 503, contentType: 'text/plain', body: 'down for maintenance' })
  })
  await page.getByRole('link', { name: 'Get a webhook GET' }).click()
  await page.getByText('down for maintenance').waitFor()
  expect(requests).toBe(2)
})

test('a reload discards the token', async (context) => {
  const { page, form } = await openReference(context)
  await enter(form, { 'Bearer Token': 'abc' })
  const loaded = page.waitForEvent('load')
  await page.evaluate('void setTimeout(() => location.reload())')
  await loaded
  expect(await form.getByLabel('Bearer Token', { exact: true }).inputValue()).toBe('')
})

test(
  'the samples use the entered values, and the token only while it is revealed',
  { timeout },
  async (context) => {
    const { page, form, server } = await openReference(context)
    await enter(form, {
      'Base URL': 'https://rekey.example/api/v1/',
      'Bearer Token': 'abc.def.ghi',
      applicationId: 'app_1',
      webhookId: 'hook_1',
    })
    const sample = page.locator('#language pre:visible')
    const expectSamples = async (bearer: string) => {
      for (const { label, source } of rotation['x-codeSamples'] ?? []) {
        await page.getByText(label, { exact: true }).click()
        expect(await textOf(sample), label).toBe(
          source
            .trimEnd()
            .replace('https://api.example.com', 'https://rekey.example')
            .replace('example_string/webhooks/example_string', 'app_1/webhooks/hook_1')
            .replace('YOUR_API_TOKEN (JWT)', bearer),
        )
      }
    }
    await expectSamples('YOUR_API_TOKEN (JWT)')
    await form.getByRole('button', { name: 'Reveal token' }).click()
    await expectSamples('abc.def.ghi')
    // The Ruby sample is still shown. It must turn off TLS, because this base URL uses plain HTTP.
    await enter(form, { 'Base URL': server.origin })
    expect(await textOf(sample)).toContain('http.use_ssl = false')
  },
)

test('copying a sample copies exactly what the page shows', async (context) => {
  const { page, form } = await openReference(context, { permissions: ['clipboard-read', 'clipboard-write'] })
  await enter(form, { 'Bearer Token': 'abc.def.ghi' })
  const panel = page.getByRole('group', { name: 'Language of the sample' })
  await panel.getByRole('button', { name: 'Copy' }).click()
  await panel.getByRole('button', { name: 'Copied' }).waitFor()
  const copied = await page.evaluate('navigator.clipboard.readText()')
  expect(copied).toBe(await textOf(panel.locator('pre:visible')))
  expect(copied).not.toContain('abc.def.ghi')
})

test('feedback on "Was this page helpful?" is counted, and the page shows the choice', async (context) => {
  const { page, server, errors } = await openReference(context)
  const question = page.getByRole('group', { name: 'Was this page helpful?' })
  await question.getByRole('button', { name: 'No' }).click()
  await question.getByText('You answered “No”. Thank you.').waitFor()
  expect(await question.getByRole('button', { pressed: true }).allTextContents()).toEqual(['No'])
  const metrics = await (await fetch(`${server.origin}/metrics`)).text()
  expect(metrics).toContain('rekey_page_feedback_total{operationId="rotateWebhookSecret",helpful="no"} 1\n')
  expect(errors).toEqual([])
})

test.for([
  { colorScheme: 'light', width: 1440 },
  { colorScheme: 'dark', width: 1440 },
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 390 },
] as const)(
  'in $colorScheme mode and $width pixels wide, axe finds no violation, and nothing is wider than the screen',
  { timeout },
  async ({ colorScheme, width }, context) => {
    const viewport = { width, height: 900 }
    const { page, form, answer, server } = await openReference(context, { colorScheme, viewport })
    const check = async () => {
      expect(await barriers(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    }
    await provision(server, 'example_string', 'example_string')
    await enter(form, { 'Bearer Token': await token() })
    for (const summary of await page.locator('summary').all())
      if (await summary.isVisible()) await summary.click()
    await form.getByRole('button', { name: 'Send' }).click()
    await check()
    await form.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
    await answer.getByText('200 OK').click()
    await form.getByRole('button', { name: 'Reveal token' }).click()
    await check()
    await enter(form, { applicationId: 'app_2' })
    await check()
    // The page asks before it loses the new secret.
    page.once('dialog', (dialog) => void dialog.accept())
    if (width < 1000) {
      await page.getByRole('button', { name: 'Menu' }).click()
      await check()
      await page.getByRole('link', { name: 'Overview' }).click()
    } else await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('heading', { name: 'Rekey API' }).waitFor()
    await check()
  },
)

test('the keyboard reaches the content, the form and its response without a mouse', async (context) => {
  const { page, server } = await openReference(context)
  await provision(server, 'example_string', 'example_string')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('content')
  while ((await page.evaluate('document.activeElement.id')) !== 'token') await page.keyboard.press('Tab')
  await page.keyboard.insertText(await token())
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  expect(await page.getByRole('dialog').isVisible()).toBe(false)
  await page.keyboard.press('Enter')
  // Cancel has the focus, so that a second Enter sends nothing.
  await expect.poll(() => page.evaluate<string>('document.activeElement.textContent')).toContain('Cancel')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByText('200 OK').waitFor()
})
