import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { heapHolds, hookAddress, listAddress, openConsole } from '../../support/console.ts'
import { copyFrom } from '../../support/copied-text.ts'
import { present } from '../../support/present.ts'
import { eventTypes, events, liveKeys, newSecret } from '../../support/probes.ts'
import { provision, startServer } from '../../support/server.ts'

async function rotateInPage(page: Page, overlap = '24 hours'): Promise<string> {
  await page.getByRole('button', { name: 'Rotate secret…' }).click()
  await page.getByRole('radio', { name: overlap }).check()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  return (await page.locator('.secret .value').textContent()) ?? ''
}

test(
  'once the first secret is copied and dismissed, neither the page nor its memory still contains the secret',
  { timeout: 60_000 },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server)
    const { page } = await openConsole(context, server, {
      at: hookAddress,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.getByRole('button', { name: 'Issue the first secret…' }).click()
    await page.getByText('The new key signs immediately.').waitFor()
    await page.getByLabel('Reason').fill('  onboarding ')
    await page.getByRole('button', { name: 'Issue the secret' }).click()
    const secret = (await page.locator('.secret .value').textContent()) ?? ''
    expect(createHash('sha256').update(secret).digest('hex')).toBe(
      (await server.api('GET', `${webhook}/secret`)).body.current?.sha256,
    )
    expect((await events(server, webhook))[0]).toMatchObject({ type: 'secret.rotated', reason: 'onboarding' })
    await page.getByText('Not copied yet').waitFor()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByText('✓ Copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret)
    expect(await heapHolds(page, secret)).toBe(true)
    await page.getByRole('button', { name: 'Done' }).click()
    await page.locator('.secret').waitFor({ state: 'detached' })
    expect(await page.content()).not.toContain(secret)
    await expect.poll(() => heapHolds(page, secret), { timeout: 10_000 }).toBe(false)
  },
)

test('before a rotation, the dialog states when each live key stops signing', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  await newSecret(server, webhook)
  const { body: state } = await server.api('GET', `${webhook}/secret`)
  const [current, older] = [present(state.current), present(state.previous[0])]
  const { page } = await openConsole(context, server, { at: hookAddress })
  await page.getByRole('button', { name: 'Rotate secret…' }).click()
  const outcome = page.getByRole('dialog').locator('.outcome')
  const until = async () =>
    Date.parse((await outcome.locator('time').first().getAttribute('datetime')) ?? '') - Date.now()
  expect(await outcome.textContent()).toMatch(/signs until\s+\w{3} \d\d:\d\d/)
  expect(Math.round((await until()) / 3_600_000)).toBe(24)
  await page.getByRole('radio', { name: '1 hour' }).check()
  expect(Math.round((await until()) / 60_000)).toBe(60)
  expect(await outcome.textContent()).toContain(`${older.keyFingerprint} still signs until`)
  await page.getByRole('radio', { name: 'None' }).check()
  const text = (await outcome.textContent()) ?? ''
  expect(text.replace(/\s+/g, ' ')).toContain(
    `${current.keyFingerprint}, ${older.keyFingerprint} stop signing immediately`,
  )
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByText('One key is live').waitFor()
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('the page warns before every action that would discard an uncopied secret', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: listAddress })
  await page.getByRole('link', { name: 'app_1' }).click()
  await page.getByRole('link', { name: 'hook_1' }).click()
  const secret = await rotateInPage(page)
  const warning = page.getByRole('heading', { name: 'The new secret has not been copied' })
  const leave: (() => Promise<unknown>)[] = [
    () => page.evaluate('history.back()'),
    () => page.getByRole('button', { name: 'Done' }).click(),
    () => page.getByRole('link', { name: 'Applications' }).click(),
    () => page.getByRole('button', { name: 'Sign out' }).click(),
    () => page.getByRole('button', { name: 'Rotate secret…' }).click(),
  ]
  for (const way of leave) {
    await way()
    await warning.waitFor()
    await page.keyboard.press('Escape')
    await warning.waitFor({ state: 'detached' })
    expect(await page.locator('.secret .value').textContent()).toBe(secret)
    expect(new URL(page.url()).hash).toBe(hookAddress)
  }
  const asked = page.waitForEvent('dialog')
  await page.evaluate('void setTimeout(() => location.reload())')
  const dialog = await asked
  expect(dialog.type()).toBe('beforeunload')
  await dialog.dismiss()
  expect(await page.locator('.secret .value').textContent()).toBe(secret)

  await page.getByRole('link', { name: 'Applications' }).click()
  await page.getByRole('button', { name: 'Continue without it' }).click()
  await page.getByRole('link', { name: 'app_1' }).waitFor()
  expect(await page.content()).not.toContain(secret)
})

test('the downloaded file contains exactly the secret, and the user can then leave without a warning', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress })
  const secret = await rotateInPage(page)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('app_1.hook_1.secret.txt')
  expect(readFileSync(await download.path(), 'utf8')).toBe(secret)
  await page.getByText('✓ Downloaded').waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
})

test('if the clipboard is unavailable, the page says so, and the user can copy the secret manually', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress })
  // Browsers do not offer the clipboard API to pages served over plain HTTP.
  await page.evaluate('Object.defineProperty(navigator, "clipboard", { value: undefined })')
  const secret = await rotateInPage(page)
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByText('The browser blocked the copy').waitFor()
  await page.getByText('Not copied yet').waitFor()
  await copyFrom(page, '.secret .value', secret.length - 1)
  await page.waitForTimeout(200)
  expect(await page.getByText('Not copied yet').count()).toBe(1)
  await page.locator('.secret .value').click()
  await page.keyboard.press('ControlOrMeta+c')
  await page.getByText('✓ Copied').waitFor()
  expect(secret).toMatch(/^whsec_/)
})

test('the page reports a concurrent rotation, and does not rotate until the user confirms again', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress, failures: [412] })
  await page.getByRole('button', { name: 'Rotate secret…' }).click()
  await newSecret(server, webhook)
  const { keyFingerprint } = (await server.api('GET', webhook)).body
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByText('Someone else rotated first.').waitFor()
  await page.getByRole('dialog').getByText(`The old key ${keyFingerprint}`).waitFor()
  expect(await liveKeys(server, webhook)).toBe(2)
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.locator('.secret').waitFor()
  expect(await liveKeys(server, webhook)).toBe(3)
})

test("the page shows the server's message for a conflict or a rate limit", async (context) => {
  const server = await startServer({ environment: { REKEY_ROTATIONS_PER_MINUTE: '10' } })
  const webhook = await provision(server)
  for (let count = 0; count < 9; count += 1) await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress, failures: [409, 429] })
  await rotateInPage(page, '1 hour')
  await page.getByRole('button', { name: 'Rotate secret…' }).click()
  await page.getByRole('button', { name: 'Continue without it' }).click()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByText('This webhook has reached its rotation limit (10 per minute)').waitFor()
  await page.getByText(/Try again in 00:0[01]:\d\d/).waitFor()
})

test('the page retries a rotation whose response is lost, and the server issues only one new key', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress, failures: [502] })
  let lost = 0
  await page.route('**/secret', async (route) => {
    if (route.request().method() !== 'PATCH' || lost > 0) return route.continue()
    await route.fetch()
    lost += 1
    return route.fulfill({ status: 502, body: '<html>a page of the proxy</html>' })
  })
  const secret = await rotateInPage(page)
  expect(lost).toBe(1)
  expect(await liveKeys(server, webhook)).toBe(2)
  expect(createHash('sha256').update(secret).digest('hex')).toBe(
    (await server.api('GET', `${webhook}/secret`)).body.current?.sha256,
  )
})

test('the page counts down to the end of the overlap, and then shows one live key', async (context) => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  await newSecret(server, webhook)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress, clock: true })
  const countdown = page.locator('.countdown')
  await countdown.filter({ hasText: /^23:59:\d\d$/ }).waitFor()
  const x = async () => Number.parseFloat((await page.locator('line.now').first().getAttribute('x1')) ?? '')
  const before = await x()
  now += 12 * 3_600_000
  await page.clock.fastForward('12:00:00')
  await countdown.filter({ hasText: /^11:59:\d\d$/ }).waitFor()
  expect(await x()).toBeGreaterThan(before + 30)
  now += 12 * 3_600_000
  await page.clock.fastForward('12:00:00')
  await page.getByText('One key is live').waitFor()
  await page.getByText('1 inactive key').click()
  // The state in the server's response confirms the expiry that the page computed.
  await page.locator('details').getByText('expired').waitFor()
})

test('revoking the previous keys requires a confirmation', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress })
  const open = page.getByRole('button', { name: 'Revoke the previous key…' })
  await open.click()
  await page.getByRole('dialog').getByText('A receiver that has not switched').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  const isFocused = (button: { ownerDocument: { activeElement: unknown } }) =>
    button === button.ownerDocument.activeElement
  expect(await open.evaluate(isFocused)).toBe(true)
  expect(await liveKeys(server, webhook)).toBe(2)
  await open.click()
  await page.getByRole('button', { name: 'Revoke', exact: true }).click()
  await page.getByText('One key is live').waitFor()
  expect(await liveKeys(server, webhook)).toBe(1)
  expect((await eventTypes(server, webhook))[0]).toBe('secret.previous_revoked')
  await page.getByText('Previous keys revoked').waitFor()
})

test('the user can sign in, rotate and copy the secret with the keyboard alone', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page, bearer } = await openConsole(context, server, {
    as: null,
    at: hookAddress,
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const focused = () => page.evaluate('document.activeElement.textContent.trim()')
  const tabTo = async (name: string) => {
    for (let count = 0; count < 12; count += 1) {
      await page.keyboard.press('Tab')
      if ((await focused()) === name) return
    }
    throw new Error(`Tab does not lead to ${name}`)
  }
  await page.getByLabel('Token').waitFor()
  await page.evaluate('document.activeElement.blur()')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.insertText(bearer)
  await page.keyboard.press('Enter')
  await page.getByText('One key is live').waitFor()
  await tabTo('Rotate secret…')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Tab')
  await page.keyboard.insertText('by keyboard')
  await tabTo('Rotate')
  await page.keyboard.press('Enter')
  await page.locator('.secret').waitFor()
  expect(await focused()).toBe('New secret, shown only once')
  await tabTo('Copy')
  await page.keyboard.press('Enter')
  await page.getByText('✓ Copied').waitFor()
  await tabTo('Done')
  await page.keyboard.press('Enter')
  await page.locator('.secret').waitFor({ state: 'detached' })
  expect(await focused()).toBe('hook_1')
  const [event] = await events(server, webhook)
  expect(event?.reason).toBe('by keyboard; the overlap ends once the receiver is proven')
  const { previous, overlap } = (await server.api('GET', `${webhook}/secret`)).body
  expect(overlap?.endWhenProven).toBe(true)
  expect(Math.round((Date.parse(present(previous[0]?.expiresAt)) - Date.now()) / 60_000)).toBe(60)
})

test('the dialog can start a self-ending overlap, and the page then shows its probes', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress })
  await page.getByRole('button', { name: 'Rotate secret…' }).click()
  const option = page.getByRole('checkbox', { name: 'End the overlap once the receiver is proven' })
  expect(await option.isChecked()).toBe(false)
  await option.check()
  await page.getByRole('radio', { name: 'None' }).check()
  expect(await option.count()).toBe(0)
  await page.getByRole('radio', { name: '1 hour' }).check()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page
    .getByText(/The overlap ends once the receiver is proven\.\s+Next probe in 00:00:\d\d\./)
    .waitFor()
  expect((await server.api('GET', `${webhook}/secret`)).body.overlap).toMatchObject({ endWhenProven: true })
})
