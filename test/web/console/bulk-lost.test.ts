import type { Page } from 'playwright-core'
import { expect, test, type TestContext } from 'vitest'
import { openConsole } from '../../support/console.ts'
import { liveKeys, newSecret } from '../../support/probes.ts'
import { startServer } from '../../support/server.ts'
import { provisionMany, webhooksAddress } from '../../support/webhook-list.ts'

const lostWebhook = '/applications/app_1/webhooks/hook_0002'

/** Rotates three webhooks. The responses for the second are lost. @returns also the Idempotency-Keys that it was sent */
async function rotateThree(context: Pick<TestContext, 'skip'>) {
  const server = await startServer()
  await provisionMany(server, 3)
  await newSecret(server, lostWebhook)
  const { page } = await openConsole(context, server, { at: webhooksAddress, failures: [403, 520] })
  const keys: (string | undefined)[] = []
  page.on('request', (request) => {
    if (request.url().endsWith(`${lostWebhook}/secret`)) keys.push(request.headers()['idempotency-key'])
  })
  await page.route('**/hook_0002/secret', async (route) => {
    await route.fetch()
    // A proxy's own status, with which the client does not try again.
    await route.fulfill({ status: 520 })
  })
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByRole('button', { name: 'Rotate…' }).click()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByText('2 new secrets, not saved yet').waitFor()
  await page.unroute('**/hook_0002/secret')
  return { server, page, keys }
}

async function save(page: Page): Promise<void> {
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: /^Save the file/ }).click()
  await downloading
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

test('closing the report of a bulk rotation whose response was lost offers to get that secret first', async (context) => {
  const { server, page, keys } = await rotateThree(context)
  await save(page)
  expect(await page.title()).toMatch(/^● /)
  await page.getByText('A response was lost, so the rotation may have happened.').waitFor()
  const question = page.getByRole('dialog', { name: 'Some new secrets have not arrived' })
  const again = 'Try the lost rotation again'
  // The first attempt is refused, which says nothing about the earlier rotation.
  await page.route('**/hook_0002/secret', (route) => route.fulfill({ status: 403 }), { times: 1 })
  for (const answer of ['Stay', again, again]) {
    await press(page, 'Close')
    await question.getByText('1 response was lost').waitFor()
    expect(await question.locator('.ids').innerText()).toBe('hook_0002')
    await press(page, answer)
    await question.waitFor({ state: 'detached' })
  }
  await page.getByText('3 new secrets, not saved yet').waitFor()
  expect(new Set(keys).size).toBe(1)
  expect(keys.length).toBe(3)
  expect(await liveKeys(server, lostWebhook)).toBe(2)
  await save(page)
  expect(await page.title()).not.toMatch(/^● /)
  await press(page, 'Close')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('a report with unsaved secrets and a lost response says what each would lose', async (context) => {
  const { page } = await rotateThree(context)
  await page.keyboard.press('Escape')
  const question = page.getByRole('dialog', { name: 'The new secrets have not been saved' })
  await question.getByText('This page is the only place that has them.').waitFor()
  await question.getByText('1 response was lost').waitFor()
  expect(await page.locator(':focus').innerText()).toBe('Try the lost rotation again')
  await press(page, 'Continue without them')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await page.title()).not.toMatch(/^● /)
})
