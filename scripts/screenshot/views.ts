import type { Page } from 'playwright-core'
import { hostileId } from './demo-data.ts'

/** Who looks at a view: an administrator, or someone whose token covers little. */
export type Viewer = 'admin' | 'nobody' | 'calm' | 'reader'

export interface View {
  name: string
  /** The fragment at which the view begins. */
  at: string
  as?: Viewer
  /** Brings the page into the view. */
  act?: (page: Page) => Promise<unknown>
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const dialog = (page: Page) => page.getByRole('dialog')
const orders = '#/applications/northwind/webhooks/orders'
const invoices = '#/applications/northwind/webhooks/invoices'

/** Presses the button that opens a dialog. */
const opens = (name: string) => async (page: Page) => {
  await press(page, name)
  await dialog(page).waitFor()
}

/** Selects the page of a list, and opens the dialog of a bulk action. */
const opensBulk = (name: string) => async (page: Page) => {
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await opens(name)(page)
}

/** Makes calls fail, and reloads. */
const fails = (status: number, path: string) => async (page: Page) => {
  await page.route(path, (route) => route.fulfill({ status, json: {} }))
  await press(page, 'Refresh')
  await page.locator('.notice').first().waitFor()
}

/** Every view of the console that needs a session, in order: later ones see what earlier ones changed. */
export const views: View[] = [
  { name: 'home-empty', at: '#/', as: 'nobody' },
  { name: 'home-calm', at: '#/', as: 'calm' },
  { name: 'home', at: '#/' },
  { name: 'home-30-days', at: '#/?olderThan=30' },
  { name: 'home-stale', at: '#/', act: fails(500, '**/api/v1/keys?*') },
  { name: 'applications-empty', at: '#/applications', as: 'nobody' },
  { name: 'applications', at: '#/applications' },
  { name: 'applications-no-match', at: '#/applications?search=nothing' },
  { name: 'application-create', at: '#/applications', act: opens('Create an application…') },
  { name: 'application-unknown', at: '#/applications/nowhere' },
  { name: 'list-0', at: '#/applications/adventure' },
  { name: 'list-5', at: '#/applications/northwind' },
  { name: 'list-300', at: '#/applications/contoso' },
  {
    name: 'list-300-bottom',
    at: '#/applications/contoso',
    act: (page) => page.locator('.pager').scrollIntoViewIfNeeded(),
  },
  {
    name: 'list-100000-filtered',
    at: '#/applications/fabrikam?search=wh_0999&olderThan=30&sort=keyCreatedAt',
  },
  {
    name: 'list-100000-selected',
    at: '#/applications/fabrikam',
    act: (page) => page.getByRole('checkbox', { name: 'Select all on this page' }).check(),
  },
  {
    name: 'list-selected',
    at: '#/applications/contoso?olderThan=30',
    act: async (page) => {
      await page.getByRole('checkbox', { name: 'Select wh_000007' }).check()
      await page.mouse.wheel(0, 400)
      await page.waitForTimeout(200)
    },
  },
  { name: 'list-no-match', at: '#/applications/contoso?search=nothing' },
  {
    name: 'list-secret',
    at: '#/applications/contoso',
    act: (page) => page.getByRole('searchbox').fill('whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0'),
  },
  { name: 'list-hostile', at: '#/applications/hostile' },
  {
    name: 'list-reader',
    at: '#/applications/northwind',
    as: 'reader',
    act: (page) => page.getByRole('checkbox', { name: 'Select orders' }).check(),
  },
  { name: 'bulk-rotate', at: '#/applications/northwind', act: opensBulk('Rotate…') },
  { name: 'bulk-invite', at: '#/applications/northwind', act: opensBulk('Invite…') },
  { name: 'bulk-end', at: '#/applications/northwind', act: opensBulk('End overlaps…') },
  {
    name: 'bulk-report-probe',
    at: '#/applications/northwind',
    act: async (page) => {
      await opensBulk('Probe…')(page)
      await press(page, 'Probe')
      await page.getByRole('button', { name: 'Close' }).waitFor()
      await page.locator('.results summary').first().click()
    },
  },
  { name: 'application-edit', at: '#/applications/northwind', act: opens('Edit…') },
  {
    name: 'application-delete',
    at: '#/applications/northwind',
    act: async (page) => {
      await press(page, 'Edit…')
      await press(page, 'Delete…')
      await press(page, 'Delete')
    },
  },
  { name: 'webhook-create', at: '#/applications/northwind', act: opens('Create a webhook…') },
  { name: 'webhook-edit', at: orders, act: opens('Edit…') },
  { name: 'webhook-no-secret', at: '#/applications/northwind/webhooks/refunds' },
  { name: 'webhook', at: orders },
  { name: 'webhook-hostile', at: `#/applications/hostile/webhooks/${hostileId}` },
  {
    name: 'webhook-reader',
    at: orders,
    as: 'reader',
    act: async (page) => {
      await page.getByRole('button', { name: 'Refresh' }).focus()
      await page.keyboard.press('Tab')
    },
  },
  { name: 'webhook-error', at: orders, act: fails(500, '**/webhooks/orders/secret') },
  { name: 'import', at: orders, act: opens('Import a secret…') },
  { name: 'invite', at: orders, act: opens('Invite someone to rotate…') },
  { name: 'revoke', at: orders, act: opens('Revoke the previous key…') },
  { name: 'rotate', at: orders, act: opens('Rotate secret…') },
  {
    name: 'rotate-other',
    at: orders,
    act: async (page) => {
      await press(page, 'Rotate secret…')
      await page.getByRole('radio', { name: 'Other' }).check()
    },
  },
  {
    name: 'rotate-none',
    at: orders,
    act: async (page) => {
      await press(page, 'Rotate secret…')
      await page.getByRole('radio', { name: /None/ }).check()
    },
  },
  {
    name: 'probe-failed',
    at: orders,
    act: async (page) => {
      await press(page, 'Probe the receiver')
      await page.getByText('Not proven.', { exact: true }).waitFor()
    },
  },
  {
    name: 'probe-proven',
    at: invoices,
    act: async (page) => {
      await press(page, 'Probe the receiver')
      await page.getByText('Proven:', { exact: true }).waitFor()
    },
  },
  {
    name: 'find-nothing',
    at: '#/find',
    act: async (page) => {
      await page.getByLabel('Secret').fill('whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0')
      await press(page, 'Find its webhook')
      await page.locator('.empty').waitFor()
    },
  },
  {
    name: 'secret',
    at: '#/applications/tailspin/webhooks/orders',
    act: async (page) => {
      await press(page, 'Rotate secret…')
      await press(page, 'Rotate')
      await page.locator('.secret').waitFor()
    },
  },
  {
    name: 'leave',
    at: '#/applications/northwind/webhooks/customers',
    act: async (page) => {
      await press(page, 'Rotate secret…')
      await press(page, 'Rotate')
      await press(page, 'Done')
    },
  },
  {
    name: 'find-found',
    at: '#/applications/fabrikam/webhooks/seller',
    act: async (page) => {
      await press(page, 'Rotate secret…')
      await press(page, 'Rotate')
      const secret = await page.locator('.secret .value').innerText()
      await press(page, 'Copy')
      await press(page, 'Done')
      await page.getByRole('link', { name: 'Find a secret' }).click()
      await page.getByLabel('Secret').fill(secret)
      await press(page, 'Find its webhook')
      await page.locator('.found-card').waitFor()
    },
  },
  {
    name: 'bulk-report-rotate',
    at: '#/applications/contoso',
    act: async (page) => {
      for (const number of [1, 2, 3])
        await page.getByRole('checkbox', { name: `Select wh_00000${number}` }).check()
      await press(page, 'Rotate…')
      await press(page, 'Rotate')
      await page.getByRole('button', { name: 'Close' }).waitFor()
    },
  },
  {
    name: 'bulk-leave',
    at: '#/applications/contoso',
    act: async (page) => {
      await page.route('**/wh_000005/secret', (route) => route.fulfill({ status: 520 }))
      for (const number of [4, 5])
        await page.getByRole('checkbox', { name: `Select wh_00000${number}` }).check()
      await press(page, 'Rotate…')
      await press(page, 'Rotate')
      await press(page, 'Close')
    },
  },
]
