import { expect, test } from 'vitest'
import { openConsole } from '../../support/console.ts'
import type { WebhookPath } from '../../support/documented-body.ts'
import { eventTypes, liveKeys, newSecret } from '../../support/probes.ts'
import { startServer } from '../../support/server.ts'
import { provisionMany, webhooksAddress } from '../../support/webhook-list.ts'

const pathOf = (number: number): WebhookPath =>
  `/applications/app_1/webhooks/hook_${String(number).padStart(4, '0')}`

test('ending overlaps in bulk explains the effect, and requires a second click', async (context) => {
  const server = await startServer()
  await provisionMany(server, 3)
  for (const number of [1, 2])
    for (let count = 0; count < 2; count += 1) await newSecret(server, pathOf(number))
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByRole('button', { name: 'End overlaps…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('A receiver that has not switched to it will refuse every message.').waitFor()
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel')
  await dialog.getByRole('button', { name: 'Revoke the previous keys' }).click()
  await dialog.getByText('Only the current key signs').waitFor()
  for (const number of [1, 2]) {
    expect(await liveKeys(server, pathOf(number))).toBe(1)
    expect((await eventTypes(server, pathOf(number)))[0]).toBe('secret.previous_revoked')
  }
  expect(await liveKeys(server, pathOf(3))).toBe(0)
})

test('ending overlaps in bulk keeps an overlap that someone else has started since the page read the list', async (context) => {
  const server = await startServer()
  await provisionMany(server, 5)
  for (const number of [1, 2, 3, 4]) await newSecret(server, pathOf(number))
  for (const number of [2, 4]) await newSecret(server, pathOf(number))
  const { page } = await openConsole(context, server, { at: webhooksAddress, failures: [412] })
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  for (const number of [2, 3, 5])
    for (let count = 0; count < 2; count += 1) await newSecret(server, pathOf(number))
  await page.getByRole('button', { name: 'End overlaps…' }).click()
  await page.getByRole('button', { name: 'Revoke the previous keys' }).click()
  const refused = page.locator('.results li', { hasText: 'Someone else rotated first' })
  await refused.getByText('so the overlap was not ended').click()
  expect(await refused.locator('.ids').innerText()).toBe('hook_0002, hook_0003, hook_0005')
  for (const [number, keys] of [
    [1, 1],
    [2, 4],
    [3, 3],
    [4, 1],
    [5, 2],
  ] as const)
    expect(await liveKeys(server, pathOf(number))).toBe(keys)

  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('row', { name: 'hook_0002' }).getByText('4', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'End overlaps…' }).click()
  await page.getByRole('button', { name: 'Revoke the previous keys' }).click()
  await page.getByText('Only the current key signs').waitFor()
  for (const number of [2, 3, 5]) expect(await liveKeys(server, pathOf(number))).toBe(1)
})

test('after a bulk rotation, its own overlaps can be ended, also those of webhooks on other pages of the list', async (context) => {
  const server = await startServer()
  await provisionMany(server, 102)
  for (const number of [1, 102]) await newSecret(server, pathOf(number))
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByRole('button', { name: 'Select all 102 webhooks that match' }).click()
  await page.getByText('102 webhooks selected').waitFor()
  await page.getByRole('button', { name: 'Rotate…' }).click()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByText('102 new secrets, not saved yet').waitFor()
  await page.getByRole('button', { name: 'Save the file' }).click()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'End overlaps…' }).click()
  await page.getByRole('button', { name: 'Revoke the previous keys' }).click()
  const done = page.locator('.results li', { hasText: 'Only the current key signs' })
  await done.getByText('✓ 102').waitFor()
  for (const number of [1, 102]) expect(await liveKeys(server, pathOf(number))).toBe(1)
})
