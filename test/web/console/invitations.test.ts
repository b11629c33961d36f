import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { hookAddress, openConsole } from '../../support/console.ts'
import { invitationOf, invite, rotateWith } from '../../support/invitations.ts'
import { provision, startServer } from '../../support/server.ts'

const timeout = 60_000

test.for([
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
])(
  'at $width px, an operator invites someone, copies the link, and revokes it',
  { timeout },
  async (viewport, context) => {
    const server = await startServer()
    const webhook = await provision(server)
    const { page } = await openConsole(context, server, {
      at: hookAddress,
      viewport,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.getByRole('button', { name: 'Invite someone to rotate…' }).click()
    await page.getByRole('radio', { name: '1 day' }).check()
    await page.getByRole('radio', { name: '1 hour' }).check()
    await page.getByRole('checkbox').check()
    await page.getByLabel('Reason').fill(' leaked ')
    expect(await barriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Create the link' }).click()
    await page.getByText('Anyone who opens it first gets the new secret.').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Copy the link' }).click()
    await page.getByText('✓ Copied').waitFor()
    const url = await page.evaluate<string>('navigator.clipboard.readText()')
    const token = new URL(url).hash.slice(1)
    const { body } = await invitationOf(server, token)
    expect(body).toMatchObject({ overlapSeconds: 3_600, endWhenProven: true, state: 'open' })
    expect(Math.round((Date.parse(body.expiresAt) - Date.now()) / 3_600_000)).toBe(24)
    await page.getByRole('button', { name: 'Done' }).click()
    expect(await page.content()).not.toContain(token)

    const list = page.locator('.invitations')
    await list.getByText(/by tester: leaked/).waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('button', { name: `Revoke the invitation ${body.id}` }).click()
    await list.waitFor({ state: 'detached' })
    await page.getByText('Invitation revoked').waitFor()
    expect((await invitationOf(server, token)).status).toBe(401)
    expect((await server.api('GET', webhook)).body.liveKeys).toBe(0)
  },
)

test(
  'a used invitation stays in the list until it expires, and a revoked or expired one is not listed',
  { timeout },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server)
    const used = await invite(server, webhook)
    await rotateWith(server, webhook, used.token)
    const revoked = await invite(server, webhook)
    await server.api('DELETE', `${webhook}/secret/invitations/${revoked.id}`)
    const { page } = await openConsole(context, server, { at: hookAddress })
    const list = page.locator('.invitations')
    await list.getByText(used.id).waitFor()
    expect(await list.locator('li').count()).toBe(1)
    expect(await list.innerText()).toContain('used')
  },
)

test(
  'if the server cannot create a link, the dialog says which setting is missing',
  { timeout },
  async (context) => {
    const server = await startServer({ environment: { NODE_ENV: 'production' } })
    await provision(server)
    const { page } = await openConsole(context, server, { at: hookAddress, failures: [409] })
    await page.getByRole('button', { name: 'Invite someone to rotate…' }).click()
    await page.getByRole('button', { name: 'Create the link' }).click()
    await page.getByText('Set REKEY_PUBLIC_URL on the server.').waitFor()
  },
)

test("a failed revocation is never shown on another webhook's page", { timeout }, async (context) => {
  const server = await startServer()
  const invited = await invite(server, await provision(server))
  await provision(server, 'app_1', 'hook_2')
  const { page } = await openConsole(context, server, { at: hookAddress, failures: [500] })
  const opened = Promise.withResolvers<undefined>()
  await page.route('**/invitations/*', async (route) => {
    await opened.promise
    await route.fulfill({ status: 500, json: { error: 'Internal Server Error', message: 'Not revoked.' } })
  })
  await page.getByRole('button', { name: `Revoke the invitation ${invited.id}` }).click()
  await page.evaluate(`location.hash = '${hookAddress.replace('hook_1', 'hook_2')}'`)
  await page.getByRole('heading', { name: 'hook_2', level: 1 }).waitFor()
  const response = page.waitForResponse((answer) => answer.request().method() === 'DELETE')
  opened.resolve(undefined)
  await (await response).finished()
  await page.waitForTimeout(500)
  expect(await page.getByText('Not revoked.').count()).toBe(0)
})

test('while a link is being created, the page stays, and then shows it', { timeout }, async (context) => {
  const server = await startServer()
  await provision(server)
  await provision(server, 'app_1', 'hook_2')
  const { page } = await openConsole(context, server, { at: hookAddress })
  const opened = Promise.withResolvers<undefined>()
  await page.route('**/invitations', async (route) => {
    if (route.request().method() === 'POST') await opened.promise
    await route.continue()
  })
  await page.getByRole('button', { name: 'Invite someone to rotate…' }).click()
  await page.getByRole('button', { name: 'Create the link' }).click()
  await page.getByRole('button', { name: 'Creating…' }).waitFor()
  const other = hookAddress.replace('hook_1', 'hook_2')
  await page.evaluate(`location.hash = '${other}'`)
  await page.waitForFunction(`location.hash === '${hookAddress}'`)
  await page.getByRole('heading', { name: 'hook_1', level: 1 }).waitFor()
  opened.resolve(undefined)
  const dialog = page.getByRole('dialog', { name: 'Invite someone to rotate the secret of hook_1' })
  await dialog.getByText(/rki_/).waitFor()

  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.evaluate(`location.hash = '${other}'`)
  await page.getByRole('heading', { name: 'hook_2', level: 1 }).waitFor()
  expect(await page.content()).not.toContain('rki_')
})
