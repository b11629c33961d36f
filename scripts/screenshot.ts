/**
 * Captures docs/console.png, the README's screenshot, from a server with demo data: `npm run screenshot`. With a folder
 * as its argument, captures every view into that folder instead; words after it choose views by the start of their name.
 */
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { SignJWT } from 'jose'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { createApp } from '../src/http/app.ts'
import { readConfig } from '../src/config/read-config.ts'
import { openCore } from '../src/core/open-core.ts'
import { createLogger } from '../src/logger.ts'
import { chromiumLaunch } from '../test/support/chromium.ts'
import { fill } from './screenshot/demo-data.ts'
import { views, type View, type Viewer } from './screenshot/views.ts'

const jwtSecret = 'for a server that lives as long as a picture takes'
const reading = 'applications:read webhooks:read secrets:read events:read'
const viewers: Record<Viewer, { scope: string; applications: string }> = {
  admin: { scope: `${reading} applications:write webhooks:write secrets:rotate`, applications: '*' },
  nobody: { scope: `${reading} applications:write`, applications: 'none' },
  calm: { scope: reading, applications: 'tailspin' },
  reader: { scope: reading, applications: '*' },
}
const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

const folder = await mkdtemp(join(tmpdir(), 'rekey-screenshot-'))
const file = join(folder, 'rekey.db')
/** How far the server's clock is behind. `fill` sets it back while it creates the demo data. */
let behindMs = 0
const config = readConfig({
  PORT: '0',
  DATABASE_URL: `sqlite:${file}`,
  REKEY_ENCRYPTION_KEYS: `demo:${Buffer.alloc(32, 7).toString('base64')}`,
  REKEY_JWT_SECRET: jwtSecret,
  REKEY_PROBE_ALLOW: 'loopback',
})
const nowhere = new Writable({
  write: (_chunk, _encoding, done) => {
    done()
  },
})
const parts = { logger: createLogger('error', nowhere), now: () => Date.now() - behindMs }
const app = await createApp(config, { core: await openCore(config, parts), ...parts })
const launch = chromiumLaunch()
if (!launch) throw new Error('Chromium not found: set CHROMIUM to its path')
const browser = await chromium.launch(launch)
try {
  const origin = await app.start()
  const close = await fill(
    origin,
    file,
    (subject) => token(subject, 'admin', 3_000),
    (time) => {
      behindMs = Date.now() - time
    },
  )
  const [target, ...names] = process.argv.slice(2)
  if (target === undefined) await shoot(browser, origin)
  else await shootAll(browser, origin, target, names)
  close()
} finally {
  await browser.close()
  await app.close()
  await rm(folder, { recursive: true })
}

async function shoot(browser: Browser, origin: string): Promise<void> {
  await mkdir('docs', { recursive: true })
  const page = await open(browser, origin, { viewport: { width: 1280, height: 900 }, colorScheme: 'light' })
  await signIn(page, 'admin')
  await show(page, { name: 'webhook', at: '#/applications/northwind/webhooks/orders' })
  await page.screenshot({ path: 'docs/console.png' })
}

async function shootAll(browser: Browser, origin: string, target: string, names: string[]): Promise<void> {
  await mkdir(target, { recursive: true })
  const isChosen = ({ name }: { name: string }) =>
    names.length === 0 || names.some((start) => name.startsWith(start))
  const shot = async (page: Page, name: string) => {
    for (const [size, viewport] of Object.entries(sizes))
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(viewport)
        await page.emulateMedia({ colorScheme })
        await page.screenshot({ path: join(target, `${name}-${size}-${colorScheme}.png`) })
      }
    await page.close()
  }
  if (isChosen({ name: 'sign-in' })) {
    await shot(await open(browser, origin), 'sign-in')
    const page = await open(browser, origin)
    await offerProvider(page)
    await page.reload()
    await page.locator('#sign-in').waitFor()
    await shot(page, 'sign-in-provider')
  }
  for (const view of views.filter(isChosen)) {
    const page = await open(browser, origin, { viewport: sizes.desktop })
    await signIn(page, view.as ?? 'admin')
    await show(page, view)
    await page.mouse.move(0, 0)
    await shot(page, view.name)
  }
}

async function open(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
  page.setDefaultTimeout(20_000)
  await page.goto(`${origin}/console`)
  await page.getByLabel('Token').waitFor()
  return page
}

/** Offers a sign-in at an identity provider, which this server does not have. */
function offerProvider(page: Page): Promise<unknown> {
  const provider = {
    issuer: 'https://id.northwind.example',
    clientId: 'rekey',
    scope: 'openid',
    parameters: {},
    metadata: {
      issuer: 'https://id.northwind.example',
      authorization_endpoint: 'https://id.northwind.example/',
    },
  }
  return page.route('**/console', async (route) => {
    const response = await route.fetch()
    const text = await response.text()
    await route.fulfill({ response, body: text.replace('id="provider">', `$&${JSON.stringify(provider)}`) })
  })
}

async function signIn(page: Page, viewer: Viewer): Promise<void> {
  await page.getByLabel('Token').fill(await token('ada@northwind.example', viewer, 8))
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function show(page: Page, { name, at, act }: View): Promise<void> {
  await page.goto(new URL(at, page.url()).href)
  await page.getByText('Loading…').first().waitFor({ state: 'hidden' })
  await act?.(page).catch((error: unknown) => {
    console.error(name, error)
  })
}

function token(subject: string, viewer: Viewer, hours: number): Promise<string> {
  return new SignJWT(viewers[viewer])
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setExpirationTime(Math.floor(Date.now() / 1000) + hours * 3_600)
    .sign(Buffer.from(jwtSecret))
}
