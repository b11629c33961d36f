import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { invite, rotateWith } from '../../support/invitations.ts'
import { openInvitation, rotateButton, secretOn } from '../../support/rotate-page.ts'
import { provision, startServer } from '../../support/server.ts'
const timeout = 60_000

test.for([
  [
    'an expired invitation',
    'expired',
    'This invitation has expired',
    'Ask the person who sent it for a new one',
  ],
  ['a revoked invitation', 'revoked', 'This invitation was withdrawn', 'Ask the person who sent it'],
  ['a link that was cut off', 'cut', 'This link is not valid', 'up to its last character'],
  ['an address without a token', 'none', 'This page needs an invitation', 'Open the complete link'],
] as const)('for %s, the page says what to do', { timeout }, async ([, what, title, advice], context) => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const { id, url } = await invite(server, webhook)
  if (what === 'expired') now += 3_600_000
  if (what === 'revoked') await server.api('DELETE', `${webhook}/secret/invitations/${id}`)
  const address = what === 'cut' ? url.slice(0, -3) : what === 'none' ? `${server.origin}/rotate` : url
  const { page } = await openInvitation(context, server, address, { failures: [401] })
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()
  expect(await page.locator('main').innerText()).toContain(advice)
  expect(await page.getByRole('button').count()).toBe(0)
  expect(await barriers(page)).toEqual([])
})

test('an invitation that is revoked while its page is open rotates nothing, and the page says so', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  const { id, url } = await invite(server, webhook)
  const { page } = await openInvitation(context, server, url, { failures: [401] })
  await rotateButton(page).waitFor()
  await server.api('DELETE', `${webhook}/secret/invitations/${id}`)
  await rotateButton(page).click()
  await page.getByRole('heading', { name: 'This invitation was withdrawn' }).waitFor()
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(0)
})

test(
  'while the server is down, the page says so and continues once it is back',
  { timeout },
  async (context) => {
    const server = await startServer()
    const { url } = await invite(server, await provision(server))
    const { page } = await openInvitation(context, server, 'about:blank', { failures: ['net'] })
    await page.route('**/invitation', (route) => route.abort())
    await page.goto(url)
    // The client retries for 15.5 seconds.
    await page.getByRole('heading', { name: 'No response' }).waitFor({ timeout: 30_000 })
    expect(await barriers(page)).toEqual([])
    await page.unroute('**/invitation')
    await page.getByRole('button', { name: 'Try again' }).click()
    await rotateButton(page).waitFor()
  },
)

test('the rotation limit shows a notice with the time to wait, and leaves the invitation open', async (context) => {
  const server = await startServer({ environment: { REKEY_ROTATIONS_PER_MINUTE: '1' } })
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const { url } = await invite(server, webhook)
  const { page } = await openInvitation(context, server, url, { failures: [429] })
  await rotateButton(page).click()
  await page.getByText(/Try again in \d+ s\./).waitFor()
  expect(await rotateButton(page).isEnabled()).toBe(true)
  expect(await barriers(page)).toEqual([])
})

test("another invitation's link in the same tab replaces the first one", { timeout }, async (context) => {
  const server = await startServer()
  const first = await invite(server, await provision(server, 'app_1', 'hook_1'))
  const second = await invite(server, await provision(server, 'app_1', 'hook_2'))
  const { page } = await openInvitation(context, server, first.url)
  await rotateButton(page).waitFor()
  await page.goto(second.url)
  await page.getByText('hook_2').waitFor()
  await rotateButton(page).click()
  await secretOn(page)
  const keys = await Promise.all(
    ['hook_1', 'hook_2'].map(
      async (hook) => (await server.api('GET', `/applications/app_1/webhooks/${hook}`)).body,
    ),
  )
  expect(keys).toMatchObject([{ liveKeys: 0 }, { liveKeys: 1 }])
  expect(page.url()).not.toContain('rki_')
})

test('with no tests left, the page offers none', { timeout }, async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  const { url, token } = await invite(server, webhook)
  await rotateWith(server, webhook, token)
  for (let count = 0; count < 10; count++) await server.api('POST', `${webhook}/probes`, { token })
  const { page } = await openInvitation(context, server, url)
  await page.getByText('No tests left.').waitFor()
  await page.getByRole('button', { name: 'Test the receiver' }).click({ force: true })
  expect(await page.getByRole('alert').count()).toBe(0)
})

test(
  'with endWhenProven, the page says that the overlap ends automatically',
  { timeout },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server)
    const { url } = await invite(server, webhook, { endWhenProven: true })
    const { page } = await openInvitation(context, server, url)
    await page.getByText('It stops earlier once Rekey has tested').waitFor()
    await rotateButton(page).click()
    await page.getByText('Rekey now tests your receiver from time to time.').waitFor()
  },
)

test('for a scheme with one signature per message, the page says that the old secret signs until the overlap ends', async (context) => {
  const server = await startServer()
  const { url } = await invite(server, await provision(server, 'app_1', 'hook_1', 'github'))
  const { page } = await openInvitation(context, server, url)
  await page.getByText('Until then, messages are signed with the old one; after that').waitFor()
})

test('the page works below a path prefix', { timeout }, async (context) => {
  const server = await startServer({ environment: { REKEY_PUBLIC_URL: 'http://127.0.0.1:1/rekey' } })
  const { url } = await invite(server, await provision(server))
  expect(url.startsWith('http://127.0.0.1:1/rekey/rotate#')).toBe(true)
  const { page } = await openInvitation(context, server, url.replace('http://127.0.0.1:1', server.origin))
  await rotateButton(page).click()
  await secretOn(page)
  expect(page.url()).toBe(`${server.origin}/rekey/rotate`)
})

test('for ed25519, the page says that it shows a public key', { timeout }, async (context) => {
  const server = await startServer()
  const { url } = await invite(server, await provision(server, 'app_1', 'hook_1', 'ed25519'))
  const { page } = await openInvitation(context, server, url)
  await page.getByText('You get the new public key, which is not a secret').waitFor()
  await page.getByRole('button', { name: 'Rotate the key and show it' }).click()
  await page.getByRole('heading', { name: 'Here is the new public key' }).waitFor()
  expect(await page.locator('.secret .value').innerText()).toMatch(/^whpk_[\w+/]{43}=$/)
  expect(await page.getByRole('button', { name: 'Show' }).count()).toBe(0)
  expect(await page.locator('main').innerText()).not.toMatch(/secret/i)
  expect(await barriers(page)).toEqual([])
})
