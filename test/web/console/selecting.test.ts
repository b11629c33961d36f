import type { Page, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { openConsole } from '../../support/console.ts'
import { startServer } from '../../support/server.ts'
import { listed, noteCalls, provisionMany, webhooksAddress } from '../../support/webhook-list.ts'

test('Shift selects ranges, and one button selects the matching webhooks of all pages', async (context) => {
  const server = await startServer()
  await provisionMany(server, 250)
  const { page } = await openConsole(context, server, { at: `${webhooksAddress}?search=hook_0` })
  const box = (number: number) =>
    page.getByRole('checkbox', { name: `Select hook_${String(number).padStart(4, '0')}` })
  await box(10).click()
  await box(14).click({ modifiers: ['Shift'] })
  await page.getByText('5 webhooks selected').waitFor()
  await box(12).click()
  await box(8).click({ modifiers: ['Shift'] })
  expect(await box(9).isChecked()).toBe(true)
  await page.getByText('7 webhooks selected').waitFor()
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await page.getByText('250 of 250 match').or(page.getByText('250 match')).waitFor()
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByText('100 webhooks selected').waitFor()
  await page.getByRole('button', { name: 'Select all 250 webhooks that match' }).click()
  await page.getByText('250 webhooks selected').waitFor()
  await page.getByRole('link', { name: 'Next page' }).click()
  await page.getByText('101–200').waitFor()
  await box(150).uncheck()
  await page.getByText('249 webhooks selected').waitFor()
  await page.getByLabel('State').selectOption('No secret')
  await page.getByText('webhooks selected').waitFor({ state: 'detached' })
  await page.getByText('250 match').waitFor()
})

test('above 1,000 webhooks, the page names the commands to use instead', async (context) => {
  const server = await startServer()
  await provisionMany(server, 1_001)
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByText('1,001 webhooks').waitFor()
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByText('This page can select up to 1,000 webhooks').click()
  await page.getByText('rekey rotate --application app_1 --overlap 24h').waitFor()
  await page.getByText('rekey probe --application app_1 --end-overlap').waitFor()
  expect((await listed(page)).length).toBe(100)
})

test('once 1,000 webhooks are selected, no box of another can be ticked', async (context) => {
  const server = await startServer()
  await provisionMany(server, 1_000)
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByRole('button', { name: 'Select all 1,000 webhooks that match' }).click()
  await page.getByText('1,000 webhooks selected').waitFor()
  await server.api('PUT', '/applications/app_1/webhooks/added', {
    body: { url: 'https://merchant.example/webhooks' },
  })
  await page.getByRole('link', { name: 'Find a secret' }).click()
  await page.getByRole('heading', { name: 'Whose secret is this?' }).waitFor()
  await page.goBack()
  const added = page.getByRole('checkbox', { name: 'Select added' })
  await added.waitFor()
  expect(await added.isDisabled()).toBe(true)
  await page.getByRole('checkbox', { name: 'Select hook_0001' }).uncheck()
  await added.check()
  await page.getByText('1,000 webhooks selected').waitFor()
})

/** What the user can do while the page selects all webhooks. Each ends that. */
const endings: [string, (page: Page, bearer: string) => Promise<unknown>][] = [
  ['deselecting a webhook', (page) => page.getByRole('checkbox', { name: 'Select hook_0001' }).uncheck()],
  [
    'opening another list',
    async (page) => {
      await page.evaluate(`location.hash = '${webhooksAddress}?search=hook_0001'`)
      await page.getByText('1 of 300 match').waitFor()
    },
  ],
  [
    'signing out and in again',
    async (page, bearer) => {
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByLabel('Token').fill(bearer)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('300 webhooks', { exact: true }).waitFor()
    },
  ],
]

test.for(endings)('%s ends the selection of all webhooks that match', async ([, end], context) => {
  const server = await startServer()
  await provisionMany(server, 300)
  const { page, bearer } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  const released = Promise.withResolvers<undefined>()
  const holdFirst = async (route: Route) => {
    await released.promise
    await route.continue()
  }
  await page.route('**/webhooks?*', holdFirst, { times: 1 })
  await page.getByRole('button', { name: 'Select all 300 webhooks that match' }).click()
  await page.getByText('Selecting…').waitFor()
  await end(page, bearer)
  const selected = await page.getByText(/webhooks? selected$/).allTextContents()
  const calls = noteCalls(page)
  const response = page.waitForResponse('**/webhooks?*')
  released.resolve(undefined)
  await response
  await page.waitForTimeout(300)
  expect(calls).toEqual([])
  expect(await page.getByText(/webhooks? selected$/).allTextContents()).toEqual(selected)
})
