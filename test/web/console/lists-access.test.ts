import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { barriers } from '../../support/axe.ts'
import { listAddress, openConsole } from '../../support/console.ts'
import { liveKeys, newSecret } from '../../support/probes.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { webhooksAddress } from '../../support/webhook-list.ts'

/** Creates an application and webhooks with names that break careless layouts. */
async function provisionHostile(server: TestServer): Promise<void> {
  const names = [
    'n'.repeat(200),
    '<script>alert(1)</script>',
    '‮مرحبا שלום',
    '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(10),
    'Z̸̢̤̺͐́a̷̧̛l̶̨̛g̵̨̛o'.repeat(10),
  ]
  for (const [number, name] of names.entries())
    await server.api('PUT', `/applications/app_${number + 1}`, { body: { name } })
  const urls = [
    `https://merchant.example/${'x'.repeat(300)}`,
    'https://merchant.example/?%3Cscript%3Ealert(1)%3C/script%3E',
    'https://xn--mgberp4a5d4ar.example/%E2%80%AE',
  ]
  for (const [number, url] of urls.entries()) {
    const webhook = await provision(server, 'app_1', `${'i'.repeat(60)}${number}`)
    const { status } = await server.api('PUT', webhook, { body: { url } })
    if (status !== 200) throw new Error(`PUT returned ${status}`)
    for (let count = 0; count < number; count += 1) await newSecret(server, webhook)
  }
}

test.for([
  { name: 'on a desktop', viewport: { width: 1280, height: 900 } },
  { name: 'on a phone', viewport: { width: 390, height: 844 } },
])(
  'lists and bulk dialogs pass axe in light and dark mode and fit the screen $name, with names of any length and script',
  async ({ viewport }, context) => {
    const server = await startServer()
    await provisionHostile(server)
    const { page } = await openConsole(context, server, { at: listAddress, viewport, failures: [409] })
    const check = async (view: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await barriers(page), `${view}, ${colorScheme}`).toEqual([])
      }
      const fits = 'document.documentElement.scrollWidth <= innerWidth'
      expect(await page.evaluate(fits), `${view} fits`).toBe(true)
    }
    await page.getByText('5 applications').waitFor()
    await check('applications')
    await page.getByRole('link', { name: 'app_1' }).click()
    await page.getByText('3 webhooks').waitFor()
    await check('webhooks')
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check({ force: true })
    await check('selection')
    for (const action of ['Probe…', 'End overlaps…', 'Invite…', 'Rotate…']) {
      await page.getByRole('button', { name: action }).click()
      await check(action)
      await page.getByRole('button', { name: 'Cancel' }).click()
    }
    await page.getByRole('button', { name: 'Probe…' }).click()
    await page.getByRole('button', { name: 'Probe', exact: true }).click()
    await page.getByText('Not possible right now').click()
    await check('report')
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('searchbox').fill('nowhere')
    await page.getByText('No webhook matches').waitFor()
    await check('no match')
    await page.getByRole('searchbox').fill(`whsec_${'a'.repeat(44)}`)
    await page.getByRole('alert').waitFor()
    await check('secret')
  },
)

/** Presses Tab until the element with this text or label has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused = 'document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()'
  for (let count = 0; count < 40; count += 1) {
    if ((await page.evaluate(focused)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${name}`)
}

test('searching, selecting a range and rotating it work with the keyboard alone', async (context) => {
  const server = await startServer()
  for (const id of ['one', 'two-a', 'two-b', 'two-c']) await provision(server, 'app_1', id)
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByText('4 webhooks').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('two')
  await page.getByText('3 of 4 match').waitFor()
  await tabTo(page, 'Select two-a')
  await page.keyboard.press('Space')
  await tabTo(page, 'Select two-c')
  await page.keyboard.press('Shift+Space')
  await page.getByText('3 webhooks selected').waitFor()
  for (let count = 0; count < 12; count += 1) await page.keyboard.press('Shift+Tab')
  await tabTo(page, 'Rotate…')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page, 'Rotate')
  await page.keyboard.press('Enter')
  await page.getByText('3 new secrets, not saved yet').waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('dialog-title')
  await tabTo(page, 'Save the file')
  const downloading = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  await downloading
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await liveKeys(server, '/applications/app_1/webhooks/two-b')).toBe(1)
  expect(await liveKeys(server, '/applications/app_1/webhooks/one')).toBe(0)
  await tabTo(page, 'two-b')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'two-b', level: 1 }).waitFor()
})
