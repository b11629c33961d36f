import { createHash } from 'node:crypto'
import { devices } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { barriers } from '../../support/axe.ts'
import { copyFrom } from '../../support/copied-text.ts'
import { invitationOf, invite } from '../../support/invitations.ts'
import { present } from '../../support/present.ts'
import { events, liveKeys, newSecret, setUrl, startProbeServer } from '../../support/probes.ts'
import { startReceiver, verifiedWith } from '../../support/receivers.ts'
import { openInvitation, rotateButton, secretOn } from '../../support/rotate-page.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'

const timeout = 90_000

async function rotations(server: TestServer): Promise<number> {
  const items = await events(server, '/applications/app_1/webhooks/hook_1')
  return items.filter(({ type }) => type === 'secret.rotated').length
}

/** Returns the SHA-256 of the webhook's current secret, as the API shows it. */
async function currentHash(server: TestServer): Promise<string | null> {
  const { body } = await server.api('GET', '/applications/app_1/webhooks/hook_1/secret')
  return present(body.current).sha256
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

test.for([
  ['a desktop', 'light', { viewport: { width: 1440, height: 900 } }],
  ['a desktop', 'dark', { viewport: { width: 1440, height: 900 } }],
  ['a phone', 'light', devices['Pixel 7']],
  ['a phone', 'dark', devices['Pixel 7']],
] as const)(
  'on %s, in %s colors, the page leads from the link to a tested secret, and axe finds no violation in any state',
  { timeout },
  async ([, colorScheme, device], context) => {
    const server = await startProbeServer()
    const webhook = await provision(server)
    await server.api('PUT', '/applications/app_1', { body: { name: 'Example Shop' } })
    await newSecret(server, webhook)
    let secret = ''
    const receiver = await startReceiver((message) => verifiedWith(secret)(message))
    await setUrl(server, webhook, receiver.url)
    const { url } = await invite(server, webhook, { overlapSeconds: 3_600 })
    const { page } = await openInvitation(context, server, url, {
      ...device,
      colorScheme,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await rotateButton(page).waitFor()
    const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    expect(text).toContain('Example Shop app_1')
    expect(text).toContain('hook_1')
    expect(text).toContain(new URL(receiver.url).origin)
    expect(text).toContain('the old one stays valid for 1 hour, then stops automatically')
    expect(await barriers(page)).toEqual([])
    expect(await fitsTheScreen(page)).toBe(true)
    expect(await rotations(server)).toBe(1)

    await rotateButton(page).click()
    await page.getByRole('heading', { name: 'Here is the new secret' }).waitFor()
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1')
    expect(await page.content()).not.toMatch(/whsec_[\w+/]{20}/)
    expect(await barriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByText('✓ Copied').waitFor()
    secret = await page.evaluate<string>('navigator.clipboard.readText()')
    expect(sha256(secret)).toBe(await currentHash(server))
    expect(await secretOn(page)).toBe(secret)
    expect(await fitsTheScreen(page)).toBe(true)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download' }).click()
    const chunks: Buffer[] = []
    for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toBe(secret)

    const end = Date.parse((await page.locator('time').first().getAttribute('datetime')) ?? '')
    const { body: state } = await server.api('GET', `${webhook}/secret`)
    expect(Math.abs(end - Date.parse(present(state.previous[0]).expiresAt ?? ''))).toBeLessThan(1_000)
    await page.getByText('stops working automatically on').waitFor()

    await page.getByRole('button', { name: 'Test the receiver' }).click()
    await page.getByText('It works.').waitFor()
    await page.getByText('9 tests left').waitFor()
    expect(await barriers(page)).toEqual([])
    secret = await newSecret(server, webhook)
    await page.getByRole('button', { name: 'Test again' }).click()
    await page.getByText('8 tests left').waitFor()
    await page.getByText('It works.').waitFor()
    expect(await rotations(server)).toBe(3)
  },
)

/** Whether nothing is wider than the screen, so that a phone does not scroll sideways. */
function fitsTheScreen(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')
}

test('the keyboard alone leads from the link to the secret', { timeout }, async (context) => {
  const server = await startServer()
  const { url } = await invite(server, await provision(server))
  const { page } = await openInvitation(context, server, url, {
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  await rotateButton(page).waitFor()
  const focused = () => page.evaluate<string>('document.activeElement?.textContent?.trim()')
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Rotate the secret and show it')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Here is the new secret' }).waitFor()
  await page.keyboard.press('Tab')
  expect(await focused()).toBe('Copy')
  await page.keyboard.press('Enter')
  await page.getByText('✓ Copied').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press(' ')
  expect(await page.locator('.secret .value').innerText()).toMatch(/^whsec_[\w+/]{43}=$/)
  expect(await focused()).toBe('Hide')
})

test(
  'copying by hand counts as stored only while the secret is shown, and only all of it',
  { timeout },
  async (context) => {
    const server = await startServer()
    const { url } = await invite(server, await provision(server))
    const { page } = await openInvitation(context, server, url)
    await rotateButton(page).click()
    await page.getByText('Not stored yet').waitFor()
    await copyFrom(page, '.secret .value')
    await page.waitForTimeout(200)
    expect(await page.getByText('Not stored yet').count()).toBe(1)
    const secret = await secretOn(page)
    await copyFrom(page, '.secret .value', secret.length - 1)
    await page.waitForTimeout(200)
    expect(await page.getByText('Not stored yet').count()).toBe(1)
    await copyFrom(page, '.secret .value')
    await page.getByText('✓ Copied').waitFor()
  },
)

test('the token is removed from the URL and the history immediately, and is sent only in the Authorization header', async (context) => {
  const server = await startServer()
  const { url, token } = await invite(server, await provision(server))
  const opened = await openInvitation(context, server, 'about:blank')
  const { page } = opened
  const urls: string[] = []
  page.on('request', (request) => urls.push(request.url(), request.headers()['referer'] ?? ''))
  await page.goto(url)
  await rotateButton(page).waitFor()
  expect(page.url()).toBe(`${server.origin}/rotate`)
  expect(await page.evaluate('history.length')).toBe(2)
  await page.goBack()
  await page.goForward()
  await rotateButton(page).waitFor()
  expect(urls.length).toBeGreaterThan(5)
  expect(urls.filter((text) => text.includes(token.slice(0, 12)))).toEqual([])
  expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie')).toBe('{}')
})

test('opening the link, previewing it and leaving again change nothing', async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  const { url, token } = await invite(server, webhook)
  for (const method of ['GET', 'HEAD']) {
    const headers = { 'user-agent': 'Slackbot-LinkExpanding 1.0' }
    expect((await fetch(url, { method, headers })).status).toBe(200)
  }
  for (let times = 0; times < 2; times++) {
    const { page } = await openInvitation(context, server, url)
    await rotateButton(page).waitFor()
    await page.close()
  }
  expect((await invitationOf(server, token)).body.state).toBe('open')
  expect(await rotations(server)).toBe(0)
})

test('a double click rotates once', { timeout }, async (context) => {
  const server = await startServer()
  const { url } = await invite(server, await provision(server))
  const { page } = await openInvitation(context, server, url)
  const sent: string[] = []
  page.on('request', (request) => sent.push(request.method()))
  await rotateButton(page).dblclick()
  expect(sha256(await secretOn(page))).toBe(await currentHash(server))
  expect(sent.filter((method) => method === 'PATCH')).toHaveLength(1)
  expect(await rotations(server)).toBe(1)
})

test('a reload shows the same secret again and rotates nothing', { timeout }, async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  const { url } = await invite(server, webhook)
  const { page } = await openInvitation(context, server, url)
  await page.reload()
  await rotateButton(page).click()
  const secret = await secretOn(page)
  for (let times = 0; times < 2; times++) {
    await page.reload()
    expect(await secretOn(page)).toBe(secret)
  }
  expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('whsec_')
  expect(await rotations(server)).toBe(1)
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('a reload during the rotation returns the same secret', { timeout }, async (context) => {
  const server = await startServer()
  const { url } = await invite(server, await provision(server))
  const { page } = await openInvitation(context, server, url)
  // The server rotates, but the page never gets the response.
  const reached = Promise.withResolvers<undefined>()
  let isLost = false
  await page.route('**/secret', async (route) => {
    if (isLost) return route.continue()
    isLost = true
    await route.fetch()
    reached.resolve(undefined)
  })
  await rotateButton(page).click()
  await reached.promise
  await page.reload()
  expect(sha256(await secretOn(page))).toBe(await currentHash(server))
  expect(await rotations(server)).toBe(1)
})

test(
  "while it rotates, another invitation's link in the same tab asks before it replaces this one",
  { timeout },
  async (context) => {
    const server = await startServer()
    const { url } = await invite(server, await provision(server))
    const other = await invite(server, await provision(server, 'app_1', 'hook_2'))
    const { page } = await openInvitation(context, server, url)
    const rotated = Promise.withResolvers<undefined>()
    await page.route('**/secret', async (route) => {
      await rotated.promise
      await route.continue()
    })
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.message())
      void dialog.dismiss()
    })
    await rotateButton(page).click()
    await page.goto(other.url)
    await expect.poll(() => page.url()).toBe(`${server.origin}/rotate`)
    rotated.resolve(undefined)
    expect(sha256(await secretOn(page))).toBe(await currentHash(server))
    expect(asked).toEqual([expect.stringContaining('Discard it?')])
  },
)

test.for([
  ['the connection breaks', (route: Parameters<Parameters<Page['route']>[1]>[0]) => route.abort()],
  [
    'a proxy sends 502',
    (route: Parameters<Parameters<Page['route']>[1]>[0]) => route.fulfill({ status: 502 }),
  ],
] as const)(
  'if the rotation succeeds but %s, the page asks again and shows the secret of that rotation',
  { timeout },
  async ([, lose], context) => {
    const server = await startServer()
    const { url } = await invite(server, await provision(server))
    const { page } = await openInvitation(context, server, url, { failures: [502, 'net'] })
    let lost = 0
    await page.route('**/secret', async (route) => {
      if (lost++ > 1) return route.continue()
      await route.fetch()
      return lose(route)
    })
    await rotateButton(page).click()
    expect(sha256(await secretOn(page))).toBe(await currentHash(server))
    expect(lost).toBe(3)
    expect(await rotations(server)).toBe(1)
  },
)

test(
  'if every response is lost, the page says that pressing again is safe, and it is',
  { timeout },
  async (context) => {
    const server = await startServer()
    const { url } = await invite(server, await provision(server))
    const { page } = await openInvitation(context, server, url, { failures: [502] })
    await rotateButton(page).waitFor()
    await page.clock.install()
    await page.route('**/secret', async (route) => {
      await route.fetch()
      await route.fulfill({ status: 502 })
    })
    await rotateButton(page).click()
    await expect
      .poll(
        async () => {
          await page.clock.runFor(10_000)
          return page.getByRole('alert').count()
        },
        { timeout: 30_000 },
      )
      .toBe(1)
    expect(await page.getByRole('alert').innerText()).toContain('Pressing the button again is safe')
    expect(await page.locator('main').innerText()).not.toContain('Nothing has changed')
    expect(await barriers(page)).toEqual([])
    await page.unroute('**/secret')
    await rotateButton(page).click()
    expect(sha256(await secretOn(page))).toBe(await currentHash(server))
    expect(await rotations(server)).toBe(1)
  },
)

test(
  'of two people with the same link, one gets the secret and the other reads that it was used',
  { timeout },
  async (context) => {
    const server = await startServer()
    const { url } = await invite(server, await provision(server))
    const options = { failures: [401] }
    const pages = [
      (await openInvitation(context, server, url, options)).page,
      (await openInvitation(context, server, url, options)).page,
    ]
    await Promise.all(pages.map((page) => rotateButton(page).waitFor()))
    await Promise.all(pages.map((page) => rotateButton(page).click()))
    const titles = await Promise.all(
      pages.map(async (page) => {
        const title = page.getByRole('heading', { level: 1, name: /Here is the new secret|was already used/ })
        return (await title.textContent()) ?? ''
      }),
    )
    expect(titles.sort()).toEqual(['Here is the new secret', 'This invitation was already used'])
    expect(await rotations(server)).toBe(1)
    const shown = await Promise.all(pages.map((page) => page.getByRole('button', { name: 'Copy' }).count()))
    expect(shown.sort()).toEqual([0, 1])
    const later = await openInvitation(context, server, url)
    await later.page.getByText('Was it nobody you know?').waitFor()
    expect(await later.page.getByRole('button', { name: 'Copy' }).count()).toBe(0)
    expect(await later.page.getByRole('button', { name: 'Test the receiver' }).count()).toBe(1)
    expect(await barriers(later.page)).toEqual([])
  },
)
