import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { openConsole } from '../../support/console.ts'
import { execute } from '../../support/database.ts'
import { newSecret, probe, setUrl, startProbeServer } from '../../support/probes.ts'
import { startReceiver, verifiedWith } from '../../support/receivers.ts'
import { provision, startServer } from '../../support/server.ts'

const day = 86_400_000

/** Starts a server with something for each section of the home. */
async function startWithWork() {
  let now = Date.now()
  const server = await startProbeServer({ now: () => now, probeIntervalMs: 20 })
  const at = async (agoMs: number, webhookId: string, body: object = {}) => {
    now = Date.now() - agoMs
    const webhook = await provision(server, 'app_1', webhookId)
    return { webhook, secret: await newSecret(server, webhook, body) }
  }
  await at(100 * day, 'old')
  const refusing = await startReceiver(() => 401)
  const { webhook: unproven } = await at(8 * day, 'unproven')
  await setUrl(server, unproven, refusing.url)
  await at(2 * day, 'unproven', { overlapSeconds: 86_400, endWhenProven: true })
  now = Date.now() - day / 2
  await expect
    .poll(async () => (await server.api('GET', '/events?type=overlap.expired')).body.items.length, {
      timeout: 20_000,
    })
    .toBe(1)
  await at(3 * day, 'later')
  await at(0, 'later', { overlapSeconds: 7_200 })
  await at(3 * day, 'sooner')
  const { webhook, secret } = await at(0, 'sooner', { overlapSeconds: 3_600 })
  await setUrl(server, webhook, (await startReceiver(verifiedWith(secret))).url)
  await probe(server, webhook)
  const { webhook: failing } = await at(0, 'failing')
  await setUrl(server, failing, refusing.url)
  await probe(server, failing)
  await at(0, 'lost')
  await execute(
    server.databaseUrl,
    "update signing_keys set sealed_secret = null, sealed_by = null where webhook_id = 'lost'",
  )
  return server
}

test('the home says which overlaps end when, which secrets are due, and what failed, each in its order', async (context) => {
  const server = await startWithWork()
  const { page, bearer } = await openConsole(context, server, { as: null })
  const calls: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/api/'))
      calls.push(pathname.replace('/api/v1', '') + search.replace(/\d{4}-.*Z/, 'TIME'))
  })
  await page.getByLabel('Token').fill(bearer)
  await page.getByRole('button', { name: 'Sign in' }).click()
  const open = page.getByRole('region', { name: 'Open overlaps' })
  await open.getByText(/ends \d\d:\d\d, in\s+59 minutes/).waitFor()
  expect(await open.locator('strong').allTextContents()).toEqual(['sooner', 'later'])
  expect(await open.locator('li').first().innerText()).toContain('receiver proven can be ended now')
  expect(await open.locator('li').last().innerText()).toContain('not proven yet')
  const due = page.getByRole('region', { name: 'Secrets older than 90 days' })
  await due.getByText('100 days old').waitFor()
  expect(await due.locator('strong').allTextContents()).toEqual(['old'])
  const failed = page.getByRole('region', { name: 'Recent failures' })
  await failed.getByText('probe failed current key: refused').waitFor()
  await failed.getByText('overlap expired').waitFor()
  await failed.getByText('lost', { exact: true }).waitFor()
  expect(await failed.locator('strong').allTextContents()).toEqual(['lost', 'failing', 'unproven'])
  expect(calls.sort()).toEqual([
    '/events?type=overlap.expired&order=newest&limit=100',
    '/events?type=receiver.probed&order=newest&limit=100',
    '/keys?lost=true&limit=100',
    '/keys?state=current&createdBefore=TIME&limit=100',
    '/keys?state=previous&limit=100',
    '/token',
  ])
  expect(await barriers(page)).toEqual([])
  await failed.getByRole('link', { name: 'lost' }).click()
  await page.getByRole('heading', { name: 'lost', level: 1 }).waitFor()
})

test('a token without events:read sees the other sections, and an explanation in place of the failures', async (context) => {
  const server = await startWithWork()
  const { page } = await openConsole(context, server, {
    as: { scope: 'secrets:read' },
    failures: [403],
  })
  const failed = page.getByRole('region', { name: 'Recent failures' })
  await failed.getByText('This token cannot read the audit trail.').waitFor()
  expect(await failed.locator('strong', { hasText: /^lost$/ }).count()).toBe(1)
  expect(await page.getByRole('region', { name: 'Open overlaps' }).locator('li').count()).toBe(2)
  expect(await page.locator('.notice').count()).toBe(1)
})

test('a token that may read nothing gets one notice', async (context) => {
  const server = await startServer()
  const { page } = await openConsole(context, server, { as: { scope: 'messages:sign' }, failures: [403] })
  await page.getByText('that has the scopes secrets:read and events:read').waitFor()
  expect(await page.locator('.notice').count()).toBe(1)
})

test('the age from which a secret is due can be chosen, stays in the fragment, and keeps the focus', async (context) => {
  let now = Date.now() - 40 * day
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  await newSecret(server, webhook)
  now = Date.now()
  const { page } = await openConsole(context, server)
  await page.getByText(/All is well: [^]*secret is older than\s+90 days/).waitFor()
  const choice = page.getByLabel('Secrets are due after')
  await choice.focus()
  await page.keyboard.press('ArrowUp')
  await page.getByRole('heading', { name: 'Secrets older than 30 days 1' }).waitFor()
  await page.getByText('No overlap is open.').waitFor()
  expect(await choice.evaluate('document.activeElement.tagName')).toBe('SELECT')
  expect(new URL(page.url()).hash).toBe('#/?olderThan=30')
  await page.goBack()
  await page.getByText('All is well').waitFor()
  expect(await choice.inputValue()).toBe('90')
  const released = Promise.withResolvers<undefined>()
  await page.route('**/keys?state=current*', async (route) => {
    await released.promise
    await route.continue()
  })
  await page.goForward()
  const due = page.getByRole('region', { name: 'Secrets older than 30 days' })
  await due.getByText('Loading…').waitFor()
  await choice.selectOption('90 days')
  await page.getByRole('region', { name: 'Secrets older than 90 days' }).getByText('Loading…').waitFor()
  released.resolve(undefined)
  await page.getByText('All is well').waitFor()
  expect(await barriers(page)).toEqual([])
})

test('without any application, the home offers to create one', async (context) => {
  const server = await startServer()
  const { page } = await openConsole(context, server)
  await page.getByText(`curl -X PUT ${server.origin}/api/v1/applications/app_1`).waitFor()
  await provision(server)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByText('All is well').waitFor()
})

test('once an overlap has ended, the home says so, and reloads the overlaps once', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  await newSecret(server, webhook, { overlapSeconds: 3_600 })
  const { page } = await openConsole(context, server, { clock: true })
  await page.getByText('not proven yet').waitFor()
  let reads = 0
  await page.route('**/keys?state=previous*', (route) => {
    reads += 1
    return route.continue()
  })
  await page.clock.fastForward(3_700_000)
  await page.getByText(/^ended \d\d:\d\d$/).waitFor()
  await page.clock.fastForward(10_000)
  await expect.poll(() => reads).toBe(1)
})

test('with long names, in dark mode and on a phone, the home fits, passes axe, and works with the keyboard', async (context) => {
  const server = await startServer()
  const [application, name] = ['a'.repeat(64), 'h'.repeat(64)]
  const webhook = await provision(server, application, name)
  await newSecret(server, webhook)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, {
    as: { sub: `${'long'.repeat(75)}\u202e<script>` },
    viewport: { width: 390, height: 844 },
    colorScheme: 'dark',
  })
  const link = page.getByRole('link', { name })
  await link.waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  expect(await barriers(page)).toEqual([])
  const focused = page.locator(':focus')
  const stops: string[] = []
  for (let tabs = 0; tabs < 9 && (await focused.and(link).count()) === 0; tabs += 1) {
    await page.keyboard.press('Tab')
    stops.push(((await focused.textContent()) ?? '').trim().replace(/\s[^]*/, ''))
  }
  expect(stops).toEqual(['30', 'Refresh', name])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name, level: 1 }).and(focused).waitFor()
})
