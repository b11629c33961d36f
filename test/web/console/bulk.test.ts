import { createHash } from 'node:crypto'
import { chmodSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { resumeInvitationsFile } from '../../../src/commands/rotate/invitations-file.ts'
import { resumeSecretsFile } from '../../../src/commands/rotate/secrets-file.ts'
import { heapHolds, openConsole } from '../../support/console.ts'
import type { WebhookPath } from '../../support/documented-body.ts'
import { invitationOf, invite } from '../../support/invitations.ts'
import { liveKeys, newSecret, setUrl, startProbeServer } from '../../support/probes.ts'
import { startReceiver, verifiedWith } from '../../support/receivers.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { provisionMany, webhooksAddress } from '../../support/webhook-list.ts'

const pathOf = (number: number): WebhookPath =>
  `/applications/app_1/webhooks/hook_${String(number).padStart(4, '0')}`

/** Opens the list, selects its first page, and opens the dialog of an action. */
async function openAction(page: Page, action: string) {
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check()
  await page.getByRole('button', { name: action }).click()
  return page.getByRole('dialog')
}

async function save(page: Page) {
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: /^Save the file/ }).click()
  const download = await downloading
  const path = await download.path()
  const text = readFileSync(path, 'utf8')
  return { name: download.suggestedFilename(), path, text, lines: text.trimEnd().split('\n').map(parse) }
}

function parse(line: string): Record<string, string> {
  return JSON.parse(line) as Record<string, string>
}

async function sha256Of(server: TestServer, webhook: WebhookPath) {
  return (await server.api('GET', `${webhook}/secret`)).body.current?.sha256
}

test('a bulk rotation continues after a failure, reports it, and saves all secrets in a file that rekey rotate can resume', async (context) => {
  const server = await startServer()
  await provisionMany(server, 6)
  for (let count = 0; count < 10; count += 1) await newSecret(server, pathOf(3))
  const { page } = await openConsole(context, server, { at: webhooksAddress, failures: [409] })
  const dialog = await openAction(page, 'Rotate…')
  await dialog.getByRole('radio', { name: '1 hour' }).check()
  await dialog.getByLabel('Reason').fill(' quarterly ')
  await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
  await dialog.getByText('5 new secrets, not saved yet').waitFor()
  const failures = dialog.locator('.results li', { hasText: 'has 10 live keys, the maximum' })
  await failures.locator('summary').click()
  expect(await failures.locator('.ids').innerText()).toBe('hook_0003')

  const first = await save(page)
  expect(first.name).toMatch(/^rekey-secrets-.*\.jsonl$/)
  expect(first.lines.length).toBe(6)
  await dialog.getByText('5 new secrets, saved').waitFor()
  await server.api('DELETE', `${pathOf(3)}/secret/previous`)
  await dialog.getByRole('button', { name: 'Try the 1 failed webhook again' }).click()
  await dialog.getByText('6 new secrets, not saved yet').waitFor()

  const { lines, path } = await save(page)
  chmodSync(path, 0o600)
  const file = resumeSecretsFile(path)
  expect(file.policy).toMatchObject({
    applications: ['app_1'],
    webhooks: [1, 2, 3, 4, 5, 6].map((number) => `hook_000${number}`),
    overlapSeconds: 3_600,
    reason: 'quarterly',
  })
  file.close()
  for (const { applicationId, webhookId, signingSecret, keyId, keyFingerprint, rotatedAt } of lines.slice(
    1,
  )) {
    const { current } = (
      await server.api('GET', `/applications/${applicationId}/webhooks/${webhookId}/secret`)
    ).body
    expect(current).toMatchObject({ id: keyId, keyFingerprint, reason: 'quarterly' })
    expect(
      createHash('sha256')
        .update(signingSecret ?? '')
        .digest('hex'),
    ).toBe(current?.sha256)
    expect(Math.abs(Date.parse(rotatedAt ?? '') - Date.parse(current?.createdAt ?? ''))).toBeLessThan(60_000)
  }
  await dialog.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'detached' })
  const secret = lines[1]?.['signingSecret'] ?? ''
  expect(await page.content()).not.toContain(secret)
  await expect.poll(() => heapHolds(page, secret)).toBe(false)
  expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
})

test('if the response to a rotation never arrives, trying again gets that secret and does not rotate twice', async (context) => {
  const server = await startServer()
  await provisionMany(server, 3)
  for (const number of [1, 2, 3]) await newSecret(server, pathOf(number))
  const { page } = await openConsole(context, server, { at: webhooksAddress, failures: [502], clock: true })
  await page.getByText('3 webhooks').waitFor()
  let lost = 0
  await page.route('**/hook_0002/secret', async (route) => {
    await route.fetch()
    lost += 1
    await route.fulfill({ status: 502, body: '<html>a page of the proxy</html>' })
  })
  const dialog = await openAction(page, 'Rotate…')
  await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    await expect.poll(() => lost).toBe(attempt)
    await page.clock.fastForward(10_000)
  }
  await dialog.getByText('Rekey is unavailable').waitFor()
  await page.unroute('**/hook_0002/secret')
  await dialog.getByRole('button', { name: 'Try the 1 failed webhook again' }).click()
  await dialog.getByText('3 new secrets, not saved yet').waitFor()
  const { lines } = await save(page)
  const { signingSecret = '' } = lines.find(({ webhookId }) => webhookId === 'hook_0002') ?? {}
  expect(createHash('sha256').update(signingSecret).digest('hex')).toBe(await sha256Of(server, pathOf(2)))
  for (const number of [1, 2, 3]) expect(await liveKeys(server, pathOf(number))).toBe(2)
})

test('at most 4 calls run at a time, and Stop lets them finish and starts no more', async (context) => {
  const server = await startServer()
  await provisionMany(server, 10)
  const { page } = await openConsole(context, server, { at: webhooksAddress })
  const released = Promise.withResolvers<undefined>()
  let running = 0
  let most = 0
  await page.route('**/secret', async (route) => {
    running += 1
    most = Math.max(most, running)
    await released.promise
    const response = await route.fetch()
    running -= 1
    const headers = response.headers()
    await route.fulfill({ response, headers: { ...headers, etag: `W/${headers['etag'] ?? ''}` } })
  })
  const dialog = await openAction(page, 'Rotate…')
  await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
  await expect.poll(() => running).toBe(4)
  await page.evaluate("location.hash = '#/find'")
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Stop' }).click()
  await dialog.getByText('Stopping').waitFor()
  released.resolve(undefined)
  await dialog.getByText('4 new secrets, not saved yet').waitFor()
  await dialog.getByText('Not tried').click()
  expect(await dialog.locator('.results li', { hasText: 'Not tried' }).innerText()).toContain(
    'hook_0005, hook_0006, hook_0007, hook_0008, hook_0009, hook_0010',
  )
  await dialog.getByRole('button', { name: 'Continue with the other 6 webhooks' }).click()
  await dialog.getByText('10 new secrets, not saved yet').waitFor()
  expect(most).toBe(4)
  const { lines } = await save(page)
  const { current } = (await server.api('GET', `${pathOf(10)}/secret`)).body
  expect(lines.find(({ webhookId }) => webhookId === 'hook_0010')?.['keyId']).toBe(current?.id)
  for (let number = 1; number <= 10; number += 1) expect(await liveKeys(server, pathOf(number))).toBe(1)
})

test('the page warns before every action that would lose the unsaved secrets', async (context) => {
  const server = await startServer()
  await provisionMany(server, 2)
  const { page } = await openConsole(context, server, { at: '#/applications' })
  await page.getByRole('link', { name: 'app_1' }).click()
  const dialog = await openAction(page, 'Rotate…')
  await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
  await dialog.getByText('2 new secrets, not saved yet').waitFor()
  expect(await page.title()).toMatch(/^● /)
  const warning = page.getByRole('heading', { name: 'The new secrets have not been saved' })
  const leave: (() => Promise<unknown>)[] = [
    () => page.getByRole('button', { name: 'Close' }).click(),
    () => page.keyboard.press('Escape'),
    () => page.evaluate('history.back()'),
    () => page.evaluate("location.hash = '#/find'"),
  ]
  for (const way of leave) {
    await way()
    await warning.waitFor()
    await page.getByRole('button', { name: 'Stay and save them' }).click()
    await dialog.getByText('2 new secrets, not saved yet').waitFor()
    expect(new URL(page.url()).hash).toBe(webhooksAddress)
  }
  const asked = page.waitForEvent('dialog')
  await page.evaluate('void setTimeout(() => location.reload())')
  const unload = await asked
  expect(unload.type()).toBe('beforeunload')
  await unload.dismiss()
  await page.unrouteAll()
  await save(page)
  expect(await page.title()).not.toMatch(/^● /)
  await page.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Rotate…')
})

test('if the token is refused during a run, the run ends, and the secrets that arrived can still be saved', async (context) => {
  const server = await startServer()
  await provisionMany(server, 12)
  const { page } = await openConsole(context, server, { at: webhooksAddress, failures: [401] })
  let count = 0
  await page.route('**/secret', (route) => {
    count += 1
    return count <= 4
      ? route.continue()
      : route.fulfill({ status: 401, json: { error: 'Unauthorized', message: 'expired' } })
  })
  const dialog = await openAction(page, 'Rotate…')
  await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
  await dialog.getByText('4 new secrets, not saved yet').waitFor()
  await dialog.getByText('Signed out').first().waitFor()
  expect(await dialog.getByRole('button', { name: 'again' }).count()).toBe(0)
  const { lines } = await save(page)
  expect(lines.length).toBe(5)
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
})

test('bulk invitations offer the links as a file and to copy, and rotate nothing', async (context) => {
  const server = await startServer()
  await provisionMany(server, 5)
  for (let count = 0; count < 20; count += 1) await invite(server, pathOf(2))
  const { page } = await openConsole(context, server, {
    at: webhooksAddress,
    failures: [409],
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const dialog = await openAction(page, 'Invite…')
  await dialog.getByRole('radio', { name: '1 day' }).check()
  await dialog.getByRole('radio', { name: '1 hour' }).check()
  await dialog.getByRole('button', { name: 'Create the links' }).click()
  await dialog.getByText('4 links, not saved yet').waitFor()
  await dialog.getByText('has 20 open invitations, the maximum').waitFor()
  await dialog.getByRole('button', { name: 'Copy the links' }).click()
  await dialog.getByText('4 links, saved').waitFor()
  const copied = await page.evaluate<string>('navigator.clipboard.readText()')
  const { name, path, lines } = await save(page)
  expect(name).toMatch(/^rekey-invitations-.*\.jsonl$/)
  expect(copied).toBe(
    lines
      .slice(1)
      .map(({ webhookId, url }) => `${webhookId} ${url}`)
      .join('\n'),
  )
  chmodSync(path, 0o600)
  const file = resumeInvitationsFile(path)
  expect(file.run.terms).toMatchObject({ expiresInSeconds: 86_400, overlapSeconds: 3_600 })
  expect(file.count()).toBe(4)
  file.close()
  for (const { url = '' } of lines.slice(1)) {
    const invitation = await invitationOf(server, new URL(url).hash.slice(1))
    expect(invitation.body).toMatchObject({ state: 'open', overlapSeconds: 3_600 })
  }
  expect(await liveKeys(server, pathOf(1))).toBe(0)
})

test('bulk probes wait when the server asks to, group the verdicts, and end the overlap only of proven receivers', async (context) => {
  const server = await startProbeServer()
  await provisionMany(server, 3)
  const switched = [await newSecret(server, pathOf(1)), await newSecret(server, pathOf(1))]
  const stale = await newSecret(server, pathOf(2))
  await newSecret(server, pathOf(2))
  await setUrl(server, pathOf(1), (await startReceiver(verifiedWith(...switched))).url)
  await setUrl(server, pathOf(2), (await startReceiver(verifiedWith(stale))).url)
  const { page } = await openConsole(context, server, { at: webhooksAddress, failures: [409, 429] })
  let refusals = 0
  await page.route('**/hook_0001/probes', (route) => {
    refusals += 1
    return refusals > 2
      ? route.continue()
      : route.fulfill({
          status: 429,
          headers: { 'retry-after': '1' },
          json: { error: 'Too Many Requests', message: 'Too many probes. Try again in 1 second.' },
        })
  })
  const dialog = await openAction(page, 'Probe…')
  await dialog.getByRole('checkbox').check()
  await dialog.getByRole('button', { name: 'Probe', exact: true }).click()
  await dialog.getByText('The server asked the console to wait').waitFor()
  await dialog.getByText('Proven, and the overlap was ended').waitFor()
  await dialog.getByText('Not proven. Signed with the current key: refused').waitFor()
  await dialog.locator('.results li', { hasText: 'Not possible right now' }).waitFor()
  expect(refusals).toBe(3)
  expect(await liveKeys(server, pathOf(1))).toBe(1)
  expect(await liveKeys(server, pathOf(2))).toBe(2)
  await dialog.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'detached' })
})

const putOff = {
  status: 429,
  headers: { 'retry-after': '3600' },
  json: { error: 'Too Many Requests', message: 'Too many probes. Try again in 3600 seconds.' },
}

test('Stop ends a run at once, even if the server then asks a call to wait', async (context) => {
  const server = await startServer()
  await provisionMany(server, 6)
  const { page } = await openConsole(context, server, { at: webhooksAddress, failures: [429] })
  const released = Promise.withResolvers<undefined>()
  await page.route('**/probes', async (route) => {
    await released.promise
    await route.fulfill(putOff)
  })
  const dialog = await openAction(page, 'Probe…')
  await dialog.getByRole('button', { name: 'Probe', exact: true }).click()
  await dialog.getByRole('button', { name: 'Stop' }).click()
  released.resolve(undefined)
  await dialog.getByText('Continue with the other 2 webhooks').waitFor()
})

test('a refused token ends a run at once, even if a call waits', async (context) => {
  const server = await startServer()
  await provisionMany(server, 6)
  const { page } = await openConsole(context, server, { at: webhooksAddress, failures: [401, 409, 429] })
  const dialog = await openAction(page, 'Probe…')
  await page.route('**/hook_0001/probes', (route) => route.fulfill(putOff))
  await page.route('**/hook_0002/probes', async (route) => {
    await dialog.getByText('The server asked the console to wait').waitFor()
    await route.fulfill({ status: 401, json: { error: 'Unauthorized', message: 'expired' } })
  })
  await dialog.getByRole('button', { name: 'Probe', exact: true }).click()
  await dialog.getByText('Signed out').first().waitFor()
})
