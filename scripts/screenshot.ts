/**
 * Captures docs/console.png, the README's screenshot, from a server with demo data: `npm run screenshot`. With a folder
 * as its argument, captures every view into that folder instead.
 */
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { SignJWT } from 'jose'
import { chromium, type Browser, type Page } from 'playwright-core'
import { createApp } from '../src/http/app.ts'
import { createClient } from '../src/client/client.ts'
import { readConfig } from '../src/config/read-config.ts'
import { openCore } from '../src/core/open-core.ts'
import { createLogger } from '../src/logger.ts'
import { chromiumLaunch } from '../test/support/chromium.ts'

const hour = 3_600_000
const jwtSecret = 'for a server that lives as long as a picture takes'
const scopes =
  'applications:read applications:write webhooks:read webhooks:write secrets:read secrets:rotate events:read'
const desktop = { width: 1280, height: 900 }
const phone = { width: 390, height: 844 }

const folder = await mkdtemp(join(tmpdir(), 'rekey-screenshot-'))
/** The server's clock. `fill` sets the clock back while it creates the demo data. */
let clock = Date.now()
const config = readConfig({
  PORT: '0',
  DATABASE_URL: `sqlite:${join(folder, 'rekey.db')}`,
  REKEY_ENCRYPTION_KEYS: `demo:${Buffer.alloc(32, 7).toString('base64')}`,
  REKEY_JWT_SECRET: jwtSecret,
  REKEY_PROBE_ALLOW: 'loopback',
})
const nowhere = new Writable({
  write: (_chunk, _encoding, done) => {
    done()
  },
})
const parts = { logger: createLogger('error', nowhere), now: () => clock }
const app = await createApp(config, { core: await openCore(config, parts), ...parts })
const launch = chromiumLaunch()
if (!launch) throw new Error('Chromium not found: set CHROMIUM to its path')
const browser = await chromium.launch(launch)
try {
  const origin = await app.start()
  await fill(origin)
  const [target] = process.argv.slice(2)
  if (target === undefined) await shoot(browser, origin)
  else await shootAll(browser, origin, target)
} finally {
  await browser.close()
  await app.close()
  await rm(folder, { recursive: true })
}

async function shoot(browser: Browser, origin: string): Promise<void> {
  await mkdir('docs', { recursive: true })
  const page = await signIn(browser, origin, { viewport: desktop, colorScheme: 'light' })
  await page.goto(`${origin}/console#/applications/northwind/webhooks/orders`)
  await page.getByText('Webhook created').waitFor()
  await page.screenshot({ path: 'docs/console.png' })
}

async function shootAll(browser: Browser, origin: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true })
  for (const [size, viewport] of Object.entries({ desktop, phone })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const shot = (page: Page, name: string) =>
        page.screenshot({
          path: join(target, `${name}-${size}-${colorScheme}.png`),
          fullPage: size === 'phone',
        })
      const page = await signIn(browser, origin, { viewport, colorScheme }, (empty) =>
        shot(empty, '1-sign-in'),
      )
      await page.getByRole('link', { name: 'Applications' }).click()
      await page.getByRole('link', { name: 'northwind' }).waitFor()
      await shot(page, '2-applications')
      await page.getByRole('link', { name: 'northwind' }).click()
      await page.getByText('until').waitFor()
      await shot(page, '3-application')
      await page.getByRole('link', { name: 'orders' }).click()
      await page.getByText('Webhook created').waitFor()
      await shot(page, '4-webhook')
      await page.getByRole('button', { name: 'Probe the receiver' }).click()
      await page.getByText('Not proven.', { exact: true }).waitFor()
      await shot(page, '5-probe')
      await page.getByRole('button', { name: 'Revoke the previous' }).click()
      await shot(page, '6-revoke')
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('button', { name: 'Rotate secret…' }).click()
      await shot(page, '7-rotate')
      await page.getByRole('radio', { name: /None/ }).check()
      await shot(page, '8-rotate-none')
      await page.getByRole('radio', { name: /7 days/ }).check()
      await page.getByRole('button', { name: 'Rotate', exact: true }).click()
      await page.getByRole('heading', { name: 'shown only once' }).waitFor()
      await shot(page, '9-secret')
      await page.getByRole('button', { name: 'Done' }).click()
      await shot(page, '10-leave')
      await page.close()
    }
  }
}

async function signIn(
  browser: Browser,
  origin: string,
  options: Parameters<Browser['newPage']>[0],
  before?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const page = await browser.newPage({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
  await page.goto(`${origin}/console`)
  await page.getByLabel('Token').waitFor()
  await before?.(page)
  await page.getByLabel('Token').fill(await token('ada@northwind.example', 8))
  await page.getByRole('button', { name: 'Sign in' }).click()
  return page
}

function token(subject: string, hours: number): Promise<string> {
  return new SignJWT({ scope: scopes, applications: '*' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setExpirationTime(Math.floor(Date.now() / 1000) + hours * 3_600)
    .sign(Buffer.from(jwtSecret))
}

/** Creates the demo data: three applications, and one webhook in the middle of an overlap. */
async function fill(origin: string): Promise<void> {
  const start = Date.now()
  const ada = createClient({ baseUrl: origin, token: await token('ada@northwind.example', 3_000) })
  const deploy = createClient({ baseUrl: origin, token: await token('deploy-bot', 3_000) })
  const at = (hoursAgo: number) => {
    clock = start - hoursAgo * hour
  }
  const put = (applicationId: string, webhookId: string, url: string) =>
    deploy.PUT('/applications/{applicationId}/webhooks/{webhookId}', {
      params: { path: { applicationId, webhookId } },
      body: { url },
    })
  const rotate = (by: typeof ada, webhookId: string, reason: string, overlapSeconds = 86_400) =>
    by.PATCH('/applications/{applicationId}/webhooks/{webhookId}/secret', {
      params: { path: { applicationId: 'northwind', webhookId } },
      body: { reason, overlapSeconds },
    })

  at(24 * 91)
  for (const [applicationId, name] of [
    ['contoso', 'Contoso Payments'],
    ['northwind', 'Northwind Traders'],
    ['tailspin', 'Tailspin Toys'],
  ] as const)
    await deploy.PUT('/applications/{applicationId}', { params: { path: { applicationId } }, body: { name } })
  await put('northwind', 'orders', 'https://hooks.northwind.example/rekey/orders')
  await put('northwind', 'invoices', 'https://hooks.northwind.example/rekey/invoices')
  await put('northwind', 'refunds', 'https://hooks.northwind.example/rekey/refunds')
  await rotate(deploy, 'orders', 'Provisioned')
  await rotate(deploy, 'invoices', 'Provisioned')
  at(24 * 30 + 5)
  await rotate(ada, 'orders', 'Quarterly rotation')
  at(24 * 29)
  await rotate(ada, 'invoices', 'Quarterly rotation')
  at(7.4)
  await rotate(ada, 'orders', 'Found in a support ticket')
  clock = start
  setInterval(() => {
    clock = Date.now()
  }, 200).unref()
}
