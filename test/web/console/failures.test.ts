import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { hookAddress, openConsole } from '../../support/console.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer } from '../../support/server.ts'

test('if the server stops while the page is open, the page says so once, and keeps its data', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page, errors } = await openConsole(context, server, { at: hookAddress })
  await page.getByText('One key is live').waitFor()
  await server.close()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByText('No response from Rekey.').waitFor()
  await page.getByText('The page shows what it loaded before that.').waitFor()
  await page.getByRole('button', { name: 'Probe the receiver' }).click()
  await page.getByText('Not available: see the top of the page.').waitFor()
  expect(await page.getByText('No response from Rekey.').count()).toBe(1)
  expect(await page.getByRole('alert').count()).toBe(1)
  expect(await page.getByText('One key is live').count()).toBe(1)
  expect(await barriers(page)).toEqual([])

  await page.getByRole('button', { name: 'Rotate secret…' }).click()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByRole('dialog').getByText('No response to the rotation').waitFor({ timeout: 40_000 })
  for (const error of errors.filter((text) => text.includes('ERR_CONNECTION_REFUSED')))
    errors.splice(errors.indexOf(error), 1)
})

test('a failure on one page is not shown on the next, whose data has loaded', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page } = await openConsole(context, server, { at: '#/applications/app_1', failures: [409, 500] })
  await page.getByRole('button', { name: 'Edit…' }).waitFor()
  await page.route('**/applications/app_1', (route) =>
    route.fulfill({ status: 500, json: { error: 'Internal Server Error', message: 'Something failed.' } }),
  )
  await page.getByRole('checkbox', { name: 'Select hook_1' }).check()
  await page.getByRole('button', { name: 'Probe…' }).click()
  await page.getByRole('button', { name: 'Probe', exact: true }).click()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByText('The page shows what it loaded before that.').waitFor({ timeout: 40_000 })
  await page.getByRole('link', { name: 'hook_1' }).click()
  await page.getByText('This webhook has no secret yet.').waitFor()
  expect(await page.locator('.notice').count()).toBe(0)
})

test('signed out in the middle of an action, the page sends nothing without a token', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress, failures: [401] })
  await page.route('**/probes', (route) =>
    route.fulfill({ status: 401, json: { error: 'Unauthorized', message: 'expired' } }),
  )
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.method()))
  await page.getByRole('button', { name: 'Probe the receiver' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.waitForTimeout(300)
  expect(sent).toEqual(['POST'])
})

test('one notice names every scope that the token lacks to read the page', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page } = await openConsole(context, server, {
    failures: [403],
    as: { scope: 'secrets:rotate' },
    at: hookAddress,
  })
  await page
    .getByText(
      'This token cannot read this webhook, read the keys, list the invitations, or read the audit trail.',
    )
    .waitFor()
  await page.getByText('has the scopes webhooks:read, secrets:read, and events:read and covers').waitFor()
  expect(await page.locator('.notice').count()).toBe(1)
  expect(await page.getByText('Not available: see the top of the page.').count()).toBe(4)
})

test('if only one part of the page fails, its error appears in its place', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page } = await openConsole(context, server, {
    failures: [403],
    as: { scope: 'webhooks:read secrets:read' },
    at: hookAddress,
  })
  const trail = page.getByRole('region', { name: 'Audit trail' })
  await trail.getByText('This token cannot read the audit trail.').waitFor()
  expect(await page.locator('.notice').count()).toBe(1)
})
