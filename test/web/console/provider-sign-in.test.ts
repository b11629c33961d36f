import { expect, test, type TestContext } from 'vitest'
import { scopes } from '../../../generated/scopes.ts'
import { barriers } from '../../support/axe.ts'
import { hookAddress, openConsole } from '../../support/console.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import {
  audience,
  signInAs,
  startSignInProvider,
  type SignInClient,
  type SignInProvider,
} from '../../support/sign-in-provider.ts'

const resource = { REKEY_OIDC_RESOURCE: audience }

/** Starts a provider, and a server whose console uses it for sign-in. */
async function start(
  environment: Record<string, string> = resource,
  client: Partial<SignInClient> = {},
): Promise<{ server: TestServer; provider: SignInProvider }> {
  const provider = await startSignInProvider()
  const admin = await startServer()
  await provision(admin)
  const server = await startServer({
    beside: admin,
    environment: {
      REKEY_JWT_SECRET: '',
      REKEY_JWKS_URL: `${provider.issuer}/jwks`,
      REKEY_JWT_ISSUER: provider.issuer,
      REKEY_JWT_AUDIENCE: audience,
      REKEY_OIDC_CLIENT_ID: 'console',
      REKEY_OIDC_SCOPE: `openid offline_access ${scopes.join(' ')}`,
      REKEY_OIDC_PARAMETERS: 'ui_locales=de',
      ...environment,
    },
  })
  provider.register({ consoleUrl: `${server.origin}/console`, ...client })
  return { server, provider }
}

async function openSignIn(context: TestContext, { server, provider }: Awaited<ReturnType<typeof start>>) {
  const opened = await openConsole(context, server, {
    as: null,
    at: hookAddress,
    alsoAt: [provider.issuer],
  })
  const button = opened.page.getByRole('button', { name: `Sign in at ${new URL(provider.issuer).host}` })
  return { ...opened, button }
}

test('a user signs in at the provider, returns to the page they opened, and is signed out there too', async (context) => {
  const started = await start()
  const { page, button } = await openSignIn(context, started)
  expect(await barriers(page)).toEqual([])
  await button.click()
  await signInAs(page, 'ana')
  await page.getByRole('heading', { name: 'hook_1' }).waitFor()
  expect(page.url()).toBe(`${started.server.origin}/console${hookAddress}`)
  await page.getByText('ana', { exact: true }).waitFor()
  const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])'
  expect(await page.evaluate(kept)).toBe('[{},{},"",{"shown":true}]')

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await button.waitFor()
  expect(started.provider.requests).toContain('/session/end')
})

test('while the page is open, tokens are renewed before they expire, and the focus does not move', async (context) => {
  const started = await start(resource, { tokenSeconds: 6 })
  const { page, button } = await openSignIn(context, started)
  await button.click()
  await signInAs(page, 'ana')
  const refresh = page.getByRole('button', { name: 'Refresh' })
  await refresh.focus()
  const tokenRequests = () => started.provider.requests.filter((path) => path === '/token').length
  await expect.poll(tokenRequests, { timeout: 15_000 }).toBeGreaterThan(2)
  expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Refresh')
})

test('a token that lives a minute is renewed after half of it, not every second', async (context) => {
  const started = await start(resource, { tokenSeconds: 60 })
  const { page, button } = await openSignIn(context, started)
  await button.click()
  await signInAs(page, 'ana')
  await page.getByRole('heading', { name: 'hook_1' }).waitFor()
  await page.waitForTimeout(4_000)
  expect(started.provider.requests.filter((path) => path === '/token')).toHaveLength(1)
})

test('a renewal that fails is tried again until the token ends, and the page says so', async (context) => {
  const started = await start(resource, { tokenSeconds: 24 })
  const { page, errors, button } = await openSignIn(context, started)
  await button.click()
  await signInAs(page, 'ana')
  await page.getByRole('heading', { name: 'hook_1' }).waitFor()
  started.provider.down = true
  const notice = page.getByRole('alert').filter({ hasText: 'Your session could not be renewed.' })
  await notice.getByText('the console tries again every few seconds').waitFor({ timeout: 20_000 })
  started.provider.down = false
  await notice.waitFor({ state: 'detached' })
  started.provider.down = true
  await notice.getByText(/It ended\s+\d\d:\d\d\. Sign out/).waitFor({ timeout: 40_000 })
  await page.getByText(/token\s+expired \d\d:\d\d/).waitFor()
  const refused = errors.filter((text) => /503|CORS|ERR_FAILED/.test(text))
  for (const error of refused) errors.splice(errors.indexOf(error), 1)
})

test('during a sign-in, the browser stores only the PKCE verifier, and neither another tab nor a forged state completes it', async (context) => {
  const started = await start()
  const { page, button } = await openSignIn(context, started)
  await button.click()
  // Without its script, the page to which the provider returns does nothing.
  const script = '**/console/main.ts'
  await page.context().route(script, (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
  await signInAs(page, 'ana')
  await page.waitForURL(/code=/)
  const url = page.url()
  expect(
    await page.evaluate('JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage)])'),
  ).toBe('[[],["rekey.pkce-verifier"]]')
  await page.context().unroute(script)

  const second = await page.context().newPage()
  await second.goto(url)
  await second.getByRole('alert').getByText('another tab').waitFor()
  expect(second.url()).not.toContain('code=')
  await page.goto(url.replace(/state=[^&]*/, 'state=forged'))
  await page.getByRole('alert').waitFor()
  expect(await page.evaluate('sessionStorage.length')).toBe(0)
})

test('the page says why a sign-in failed: the user refused, the token is opaque, or the provider is down', async (context) => {
  const started = await start({ REKEY_OIDC_RESOURCE: '' }, { jwt: false })
  const { page, button } = await openSignIn(context, started)
  await button.click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('alert').getByText('refused').waitFor()
  await button.click()
  await signInAs(page, 'ana')
  await page.getByRole('alert').getByText('is not a JWT').waitFor()

  const other = await start()
  other.provider.down = true
  const { page: late } = await openConsole(context, other.server, { as: null })
  await late.getByText('cannot reach the identity provider').waitFor()
  await late.getByRole('button', { name: 'Use this token' }).waitFor()
})
