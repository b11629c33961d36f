import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { hookAddress, openConsole } from '../../support/console.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const readOnly = { scope: 'applications:read webhooks:read secrets:read events:read' }

test('a button whose scope the token lacks is disabled, says so on focus, and does nothing', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  await newSecret(server, webhook)
  await server.api('POST', `${webhook}/secret/invitations`, { body: { expiresInSeconds: 300 } })
  const { page } = await openConsole(context, server, { as: readOnly, at: hookAddress })
  const missing = 'This token lacks the scope secrets:rotate.'
  for (const name of [
    'Rotate secret…',
    'Revoke the previous key…',
    'Probe the receiver',
    'Invite someone to rotate…',
    /Revoke the invitation/,
  ]) {
    const button = page.getByRole('button', { name })
    await button.and(page.locator('[aria-disabled=true]')).waitFor()
    expect(await button.getAttribute('title')).toBe(missing)
    const description = page.locator(`#${await button.getAttribute('aria-describedby')}`)
    expect(await description.textContent()).toBe(missing)
    expect(await description.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Refresh' }).focus()
    for (let tabs = 0; tabs < 9 && !(await description.isVisible()); tabs += 1)
      await page.keyboard.press('Tab')
    expect(await button.and(page.locator(':focus')).count()).toBe(1)
    expect(await description.isVisible()).toBe(true)
    await page.keyboard.press('Enter')
    expect(await page.getByRole('dialog').count()).toBe(0)
  }
  expect(await barriers(page)).toEqual([])
  const { items } = (await server.api('GET', `${webhook}/secret/invitations`)).body
  expect(items.map(({ state }) => state)).toEqual(['open'])
})

test('rights are pairs of scopes and applications: a button works where the token has both', async (context) => {
  const setup = await startServer()
  await provision(setup)
  await provision(setup, 'app_2')
  const file = join(setup.folder, 'grants.json')
  const claims = { sub: 'tester' }
  const reading = { claims, scope: 'webhooks:read secrets:read events:read', applications: ['*'] }
  const rotating = { claims, scope: 'secrets:rotate', applications: ['app_1'] }
  writeFileSync(file, JSON.stringify([reading, rotating]))
  const server = await startServer({ beside: setup, environment: { REKEY_GRANTS_FILE: file } })
  const { page } = await openConsole(context, server, { at: hookAddress })
  const issue = page.getByRole('button', { name: 'Issue the first secret…' })
  await issue.and(page.locator('[aria-disabled=false]')).waitFor()
  await page.goto(`${server.origin}/console#/applications/app_2/webhooks/hook_1`)
  await issue.and(page.locator('[aria-disabled=true]')).waitFor()
  expect(await issue.getAttribute('title')).toBe(
    'This token has the scope secrets:rotate, but not for app_2.',
  )
})

test('the console reads the rights once, and disables nothing if it cannot', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page } = await openConsole(context, server, { as: null, at: hookAddress, failures: [404] })
  let reads = 0
  await page.route('**/api/v1/token', (route) => {
    reads += 1
    return route.fulfill({ status: 404, body: 'an older server' })
  })
  await page.getByLabel('Token').fill(await token())
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This webhook has no secret yet').waitFor()
  const refreshed = page.waitForResponse('**/webhooks/hook_1')
  await page.getByRole('button', { name: 'Refresh' }).click()
  await (await refreshed).finished()
  expect(await page.locator('[aria-disabled=true]').count()).toBe(0)
  expect(reads).toBe(1)
})
