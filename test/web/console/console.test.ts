import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { execute } from '../../support/database.ts'
import { hookAddress, listAddress, openConsole } from '../../support/console.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

test("after sign-in, the page shows the applications, their webhooks and each webhook's keys", async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  await newSecret(server, webhook)
  const { keyFingerprint } = (await server.api('GET', webhook)).body
  const { page } = await openConsole(context, server, { at: listAddress })
  await page.getByRole('link', { name: 'app_1' }).click()
  await page.getByRole('row', { name: /hook_1.* 2 until/ }).waitFor()
  await page.getByRole('link', { name: 'hook_1' }).click()
  await page.getByText('2 keys sign every message').waitFor()
  expect(await page.locator('.keys code').first().textContent()).toBe(keyFingerprint)
  expect(await page.evaluate('document.activeElement.textContent')).toBe('hook_1')
  expect(await page.title()).toBe('hook_1 · app_1 · Rekey')
  const instants = await page
    .locator('time')
    .evaluateAll((times: { dateTime: string }[]) => times.map(({ dateTime }) => dateTime))
  for (const instant of instants) expect(instant).toMatch(/^2\d{3}-\d\d-\d\dT.*Z$/)
  await page.goBack()
  await page.getByRole('searchbox', { name: 'Search webhooks' }).waitFor()
})

test('the page lists the keys whose secret was erased early, and does not count them as live', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const { keyFingerprint } = (await server.api('GET', webhook)).body
  await newSecret(server, webhook)
  const erase = (condition: string) =>
    execute(
      server.databaseUrl,
      `update signing_keys set sealed_secret = null, sealed_by = null where expires_at is ${condition}`,
    )
  await erase('not null')
  const { page } = await openConsole(context, server, { at: hookAddress })
  await page.getByText(`because its secret was erased early: ${keyFingerprint}`).waitFor()
  await page.getByText('One key is live').waitFor()
  await page.getByText('1 inactive key').click()
  await page.locator('details').getByText('lost its secret').waitFor()
  await erase('null')
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByText('No key is live').waitFor()
  await page.getByRole('button', { name: 'Rotate secret…' }).click()
  await page.getByText('The new key signs immediately.').waitFor()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByText('One key is live').waitFor()
})

test('the token stays in memory, never in a URL, storage or a cookie, and a reload discards it', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page, bearer } = await openConsole(context, server, { at: hookAddress })
  const addresses: string[] = []
  page.on('request', (request) => addresses.push(request.url()))
  await page.getByText('This webhook has no secret yet').waitFor()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect.poll(() => addresses.length).toBeGreaterThan(2)
  const kept = await page.evaluate(`(async () => JSON.stringify([
    location.href, history.state, { ...localStorage }, { ...sessionStorage }, document.cookie,
    document.documentElement.outerHTML, await indexedDB.databases(), await caches.keys(),
  ]))()`)
  for (const text of [String(kept), ...addresses]) expect(text).not.toContain(bearer.split('.')[2])
  expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(new URL(page.url()).hash).toBe(hookAddress)
})

test('if the server rejects the token, the page shows the sign-in form with an explanation', async (context) => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  await provision(server)
  const { page } = await openConsole(context, server, {
    at: listAddress,
    failures: [401],
    as: { expiresIn: 600 },
  })
  await page.getByRole('link', { name: 'app_1' }).waitFor()
  now += 3_600_000
  await page.getByRole('link', { name: 'app_1' }).click()
  await page.getByRole('alert').getByText('It may have expired').waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('token')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('Enter a token').waitFor()
})

test('with a token for rotations only, the page names each missing scope, and rotating works', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page } = await openConsole(context, server, {
    at: listAddress,
    failures: [403],
    as: { scope: 'secrets:rotate' },
  })
  await page.getByText('This token cannot list applications.').waitFor()
  await page.getByLabel('Application').fill('app_1')
  await page.getByLabel('Webhook').fill('hook_1')
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByText('the scopes webhooks:read, secrets:read, and events:read').waitFor()
  await page.getByRole('button', { name: 'Rotate secret…' }).click()
  await page.getByText('The console has not loaded the keys').waitFor()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByText(/^whsec_[A-Za-z0-9+/=]{44}$/).waitFor()
})

test('with a token for one application, the console lists only that application and says that the token cannot access others', async (context) => {
  const server = await startServer()
  await provision(server)
  await provision(server, 'app_2')
  const { page } = await openConsole(context, server, {
    at: listAddress,
    failures: [403],
    as: { applications: ['app_2'] },
  })
  await page.getByRole('link', { name: 'app_2' }).waitFor()
  expect(await page.getByRole('link', { name: 'app_1' }).count()).toBe(0)
  await page.goto(`${server.origin}/console#/applications/app_1`)
  await page.getByText('This token cannot read this application or list webhooks.').waitFor()
})

test('the page explains empty lists, unknown IDs and unknown addresses', async (context) => {
  const server = await startServer()
  const { page } = await openConsole(context, server, { at: listAddress, failures: [404] })
  await page.getByText('This token cannot access any application').waitFor()
  await page.getByText(`curl -X PUT ${server.origin}/api/v1/applications/app_1`).waitFor()
  await server.api('PUT', '/applications/app_1', { body: {} })
  await page.goto(`${server.origin}/console#/applications/app_1`)
  await page.getByText('This application has no webhooks yet').waitFor()
  await page.goto(`${server.origin}/console${hookAddress}`)
  await page.getByText('Nothing has this ID').first().waitFor()
  await page.goto(`${server.origin}/console#/elsewhere`)
  await page.getByRole('heading', { name: 'Page not found' }).waitFor()
})

test('the page shows a different message for each server or network failure and lets the user retry', async (context) => {
  const server = await startServer()
  await provision(server)
  const { page, errors } = await openConsole(context, server, { at: listAddress, failures: [502, 504] })
  await page.getByRole('link', { name: 'app_1' }).waitFor()
  let status = 502
  // A proxy responds like this if it cannot reach its upstream.
  await page.route('**/api/**', (route) =>
    route.fulfill({ status, body: '<html>a page of the proxy</html>' }),
  )
  await page.getByRole('link', { name: 'app_1' }).click()
  // The client retries for up to 15.5 seconds before.
  await page.getByText('Rekey is unavailable.').first().waitFor({ timeout: 40_000 })
  status = 504
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await page.getByText('Rekey took too long.').first().waitFor({ timeout: 40_000 })
  await page.unroute('**/api/**')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await page.getByText('No response from Rekey.').waitFor({ timeout: 40_000 })
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await page.getByRole('link', { name: 'hook_1' }).waitFor()
  const offline = errors.filter((error) => error.includes('ERR_INTERNET_DISCONNECTED'))
  for (const error of offline) errors.splice(errors.indexOf(error), 1)
})

test('after too many failed authentications, the page counts down to the next allowed attempt', async (context) => {
  const server = await startServer({ environment: { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '1' } })
  await provision(server)
  for (let count = 0; count < 2; count += 1) await server.api('GET', '/applications', { token: 'wrong' })
  const { page } = await openConsole(context, server, {
    at: listAddress,
    as: { expiresIn: -60 },
    failures: [429],
    clock: true,
  })
  const wait = page.getByText(/Try again in 00:0[01]:\d\d/)
  await wait.waitFor()
  expect(await page.getByRole('button', { name: 'Try again' }).isDisabled()).toBe(true)
  await page.clock.fastForward(61_000)
  await wait.waitFor({ state: 'detached' })
  expect(await page.getByRole('button', { name: 'Try again' }).isEnabled()).toBe(true)
})

test('the audit trail shows one page of events and loads more on demand', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  for (let count = 0; count < 25; count += 1)
    await server.api('PUT', webhook, { body: { url: `https://merchant.example/${count}` } })
  const { page } = await openConsole(context, server, { at: hookAddress })
  const events = page.locator('.events li')
  await page.getByRole('button', { name: 'Show older events' }).click()
  await page.getByText('Webhook created').waitFor()
  expect(await events.count()).toBe(26)
  const numbers = await page.locator('.events li > span:first-child').allTextContents()
  expect(numbers.map(Number)).toEqual(Array.from({ length: 26 }, (_, index) => 26 - index))
  expect(await page.getByRole('button', { name: 'Show older events' }).count()).toBe(0)
})

test.for([
  { name: 'on a desktop', viewport: { width: 1280, height: 900 } },
  { name: 'on a phone', viewport: { width: 390, height: 844 } },
])(
  'every view passes axe in light and dark mode and fits the screen width $name',
  { timeout: 60_000 },
  async ({ viewport }, context) => {
    const server = await startServer()
    const webhook = await provision(server)
    const { page } = await openConsole(context, server, {
      viewport,
      as: null,
      at: listAddress,
      failures: [404],
    })
    const check = async (view: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await barriers(page), `${view}, ${colorScheme}`).toEqual([])
      }
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${view} fits`).toBe(
        true,
      )
    }
    await page.getByRole('button', { name: 'Sign in' }).click()
    await check('sign-in')
    await page.getByLabel('Token').fill(await token())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'app_1' }).waitFor()
    await check('applications')
    await newSecret(server, webhook)
    await newSecret(server, webhook, { reason: 'a reason', overlapSeconds: 0 })
    await newSecret(server, webhook)
    await page.getByRole('link', { name: 'app_1' }).click()
    await page.getByText('until').waitFor()
    await check('application')
    await page.getByRole('link', { name: 'hook_1' }).click()
    await page.getByText('1 inactive key').click()
    await page.getByRole('button', { name: 'Probe the receiver' }).click()
    await page.getByText('Not proven.', { exact: true }).waitFor()
    await check('webhook')
    await page.getByRole('button', { name: 'Revoke the previous key…' }).click()
    await check('revoking')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Rotate secret…' }).click()
    await page.getByRole('radio', { name: 'None' }).check()
    await check('rotating')
    await page.getByRole('button', { name: 'Rotate', exact: true }).click()
    await page.getByRole('button', { name: 'Copy' }).waitFor()
    await check('secret')
    await page.getByRole('button', { name: 'Done' }).click()
    await check('leaving')
    await page.getByRole('button', { name: 'Continue without it' }).click()
    await page.goto(`${server.origin}/console#/applications/none/webhooks/none`)
    await page.getByText('Nothing has this ID').first().waitFor()
    await check('not found')
  },
)
