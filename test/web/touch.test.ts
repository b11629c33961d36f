import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openConsole } from '../support/console.ts'
import { newSecret } from '../support/probes.ts'
import { openReference } from '../support/reference-page.ts'
import { provision, startServer } from '../support/server.ts'

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** Returns the font sizes of the visible fields in which the user types or chooses, in pixels. */
function fieldSizes(page: Page): Promise<number[]> {
  return page.evaluate<number[]>(`
    [...document.querySelectorAll('input:not([type=radio], [type=checkbox]), select, textarea')]
      .filter((field) => field.checkVisibility())
      .map((field) => parseFloat(getComputedStyle(field).fontSize))`)
}

test('on a touch screen, every field has at least 16 px, so that iOS does not zoom in when it gets the focus', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  for (let count = 0; count < 2; count += 1) await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { as: null, ...phone })
  const sizes: number[][] = [await fieldSizes(page)]
  const { page: signedIn } = await openConsole(context, server, phone)
  const visit = async (hash: string, fields: number, act?: () => Promise<unknown>) => {
    await signedIn.evaluate(`location.hash = '${hash}'`)
    await act?.()
    await expect.poll(() => fieldSizes(signedIn)).toHaveLength(fields)
    sizes.push(await fieldSizes(signedIn))
  }
  const press = (name: string) => signedIn.getByRole('button', { name }).click()
  await visit('#/', 1)
  await visit('#/applications', 1)
  await visit('#/applications/app_1', 4)
  await visit('#/find', 1)
  await visit('#/applications/app_1/webhooks/hook_1', 3, async () => {
    await press('Rotate secret…')
    await signedIn.getByRole('radio', { name: 'Other' }).check()
  })
  const reference = await openReference(context, phone)
  await reference.form.getByText('Optional parameters').click()
  expect(await reference.form.getByLabel('Body').isVisible()).toBe(true)
  sizes.push(await fieldSizes(reference.page))
  expect(Math.min(...sizes.flat())).toBeGreaterThanOrEqual(16)
})
