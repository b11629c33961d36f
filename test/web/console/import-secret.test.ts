import { createHmac } from 'node:crypto'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { heapHolds, hookAddress, openConsole } from '../../support/console.ts'
import { liveKeys, newSecret, startProbeServer } from '../../support/probes.ts'
import { startReceiver, verifiedWith, type ReceivedMessage } from '../../support/receivers.ts'
import { provision, startServer } from '../../support/server.ts'

const timeout = 60_000

/** Returns whether a receiver with the secret verifies a message. */
type Verify = (secret: string, message: ReceivedMessage) => boolean

const hmac = (secret: string, text: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', secret).update(text).digest(encoding)

/** Receivers that do not depend on Rekey, by the header that they read. */
const verifiers: Record<string, Verify> = {
  'standard-webhooks': (secret, message) => verifiedWith(secret)(message) === 204,
  svix: (secret, { headers, ...message }) => {
    const renamed = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace('svix-', 'webhook-'), value]),
    )
    return verifiedWith(secret)({ ...message, headers: renamed }) === 204
  },
  stripe: (secret, { headers, body }) => {
    const [, time = '', sent] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['stripe-signature'])) ?? []
    return sent === hmac(secret, `${time}.${body}`)
  },
  paddle: (secret, { headers, body }) => {
    const [, time = '', sent] = /^ts=(\d+);h1=(\w+)$/.exec(String(headers['paddle-signature'])) ?? []
    return sent === hmac(secret, `${time}:${body}`)
  },
  github: (secret, { headers, body }) => headers['x-hub-signature-256'] === `sha256=${hmac(secret, body)}`,
  shopify: (secret, { headers, body }) => headers['x-shopify-hmac-sha256'] === hmac(secret, body, 'base64'),
  slack: (secret, { headers, body }) =>
    headers['x-slack-signature'] ===
    `v0=${hmac(secret, `v0:${String(headers['x-slack-request-timestamp'])}:${body}`)}`,
}

async function importSecret(page: Page, secret: string): Promise<void> {
  await page.getByRole('button', { name: 'Import a secret…' }).click()
  await page.getByLabel('Secret', { exact: true }).fill(secret)
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click()
}

test(
  'after an import, a receiver of each scheme that has the secret verifies what Rekey signs',
  { timeout: 120_000 },
  async (context) => {
    const server = await startProbeServer()
    const { page } = await openConsole(context, server)
    for (const [scheme, verify] of Object.entries(verifiers)) {
      const isBase64 = scheme === 'standard-webhooks' || scheme === 'svix'
      const secret = isBase64
        ? `whsec_${Buffer.alloc(24, scheme).toString('base64')}`
        : `~Sup3r"secret'<${scheme}>`
      const receiver = await startReceiver((message) => (verify(secret, message) ? 204 : 401))
      const webhook = await provision(server, 'app_1', scheme, scheme)
      await server.api('PUT', webhook, { body: { url: receiver.url } })
      await page.goto(`${server.origin}/console#${webhook}`)
      await page.getByRole('heading', { name: scheme, level: 1 }).waitFor()
      await importSecret(page, ` ${secret}\n`)
      await page.getByText('One key is live').waitFor()
      await page.getByRole('button', { name: 'Probe the receiver' }).click()
      await page.getByText('Proven:', { exact: true }).waitFor()
    }
  },
)

test(
  'an imported secret is sent once, in a body, and stays nowhere in the browser',
  { timeout },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', 'stripe')
    await newSecret(server, webhook)
    const { page } = await openConsole(context, server, { at: hookAddress })
    const wire: string[] = []
    const bodies: string[] = []
    page.on('request', (request) => {
      wire.push(request.url(), JSON.stringify(request.headers()))
      bodies.push(request.postData() ?? '')
    })
    const secret = 'imported-secret-of-a-receiver'
    await page.getByRole('button', { name: 'Import a secret…' }).click()
    const input = page.getByLabel('Secret', { exact: true })
    await input.waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('signingSecret')
    await page.keyboard.insertText(secret)
    expect(await barriers(page)).toEqual([])
    expect(await input.getAttribute('class')).toBe('masked')
    await page.getByRole('button', { name: 'Show the secret' }).click()
    expect(await input.getAttribute('class')).toBe('')
    await page.getByRole('button', { name: 'Hide the secret' }).click()
    expect(await input.getAttribute('class')).toBe('masked')
    await page.getByText('The imported key signs immediately.').waitFor()
    await page.getByLabel('Reason').fill('moved from the old sender')
    const released = Promise.withResolvers<undefined>()
    await page.route('**/secret', async (route) => {
      await released.promise
      await route.continue()
    })
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByText('Importing…').waitFor()
    expect(await heapHolds(page, secret)).toBe(true)
    released.resolve(undefined)
    await page.getByText('2 keys sign every message').waitFor()
    expect(await page.locator('.secret').count()).toBe(0)
    expect(bodies.filter((body) => body.includes(secret))).toHaveLength(1)
    expect(wire.join('\n')).not.toContain(secret)
    const kept = await page.evaluate<string>(
      '[location.href, JSON.stringify([history.state, localStorage, sessionStorage]), document.documentElement.outerHTML].join()',
    )
    expect(kept).not.toContain(secret)
    await expect.poll(() => heapHolds(page, secret), { timeout: 30_000 }).toBe(false)
    expect((await server.api('GET', `${webhook}/secret`)).body.current?.reason).toBe(
      'moved from the old sender',
    )
  },
)

test('cancelling the dialog removes the secret from the page', { timeout }, async (context) => {
  const server = await startServer()
  await provision(server)
  const { page } = await openConsole(context, server, { at: hookAddress })
  await page.getByRole('button', { name: 'Import a secret…' }).click()
  await page.getByLabel('Secret', { exact: true }).waitFor()
  await page.keyboard.insertText('cancelled-secret-of-a-receiver')
  await page.keyboard.press('Enter')
  await page.locator('#signingSecret-note.bad').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(() => heapHolds(page, 'cancelled-secret-of-a-receiver'), { timeout: 30_000 }).toBe(false)
  await page.getByRole('button', { name: 'Import a secret…' }).click()
  expect(await page.getByLabel('Secret', { exact: true }).inputValue()).toBe('')
})

test('an error in an import appears at the input that it concerns', { timeout }, async (context) => {
  const server = await startServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'stripe')
  const taken = await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress, failures: [400, 409] })
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.method()))
  await importSecret(page, 'too-short')
  const fault = page.locator('#signingSecret-note.bad')
  await fault.getByText('Must be 16 to 256 letters, digits and ASCII symbols').waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('signingSecret')
  expect(requests).not.toContain('PATCH')
  const submit = page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true })
  await page.getByLabel('Secret', { exact: true }).fill(taken)
  await submit.click()
  await fault.getByText('A live key of this webhook has this secret').waitFor()
  await page.getByLabel('Secret', { exact: true }).fill('a-secret-that-is-new')
  await page.getByLabel('Reason').fill('it was a-secret-that-is-new')
  await submit.click()
  await page.locator('#reason-note.bad').getByText('Must not contain a signing secret').waitFor()
  expect(await fault.count()).toBe(0)
  await page.getByLabel('Reason').fill('')
  await server.api('PUT', webhook, {
    body: { url: 'https://merchant.example/', signatureScheme: 'standard-webhooks' },
  })
  await submit.click()
  await fault.getByText("The webhook's scheme standard-webhooks accepts only whsec_").waitFor()
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('a webhook that signs with ed25519 offers no import', { timeout }, async (context) => {
  const server = await startServer()
  await provision(server, 'app_1', 'hook_1', 'ed25519')
  const { page } = await openConsole(context, server, { at: hookAddress })
  await page.getByText('Rekey keeps the private key, and shows the public one').waitFor()
  expect(await page.getByRole('button', { name: 'Import a secret…' }).count()).toBe(0)
})

test(
  'if the response to an import is lost, the page says how to find out whether it happened',
  { timeout },
  async (context) => {
    const server = await startServer()
    await provision(server, 'app_1', 'hook_1', 'stripe')
    const { page } = await openConsole(context, server, { at: hookAddress, failures: [502], clock: true })
    await page.route('**/secret', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue()
      await route.fetch()
      return route.fulfill({ status: 502, body: '<html>a page of the proxy</html>' })
    })
    await importSecret(page, 'a-secret-that-is-new')
    const explanation = page.getByText('Check the keys: if there is a new one, it was.')
    while (!(await explanation.isVisible())) await page.clock.fastForward(1_000)
  },
)
