import { expect, test } from 'vitest'
import { hookAddress, openConsole } from '../../support/console.ts'
import { provision, startServer } from '../../support/server.ts'

test(
  'for an ed25519 webhook, the console shows the new public key, links to the key set, and warns of no loss',
  { timeout: 60_000 },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', 'ed25519')
    const { page } = await openConsole(context, server, { at: hookAddress })
    await page.getByText('Signed as ed25519, in the header webhook-signature').waitFor()
    const link = await page.getByRole('link', { name: 'public keys' }).first().getAttribute('href')
    expect(new URL(link ?? '', `${server.origin}/console`).href).toBe(`${server.origin}/jwks/app_1/hook_1`)
    await page.getByRole('button', { name: 'Issue the first secret…' }).click()
    await page.getByRole('button', { name: 'Issue the secret', exact: true }).click()
    await page.getByRole('heading', { name: 'New public key' }).waitFor()
    const shown = await page.getByLabel('Public key', { exact: true }).textContent()
    expect(shown).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/)
    const { current } = (await server.api('GET', `${webhook}/secret`)).body
    await page
      .locator('.secret')
      .getByText(current?.keyFingerprint ?? 'none')
      .waitFor()
    expect(await page.title()).toBe('hook_1 · app_1 · Rekey')
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { name: 'New public key' }).waitFor({ state: 'detached' })
    expect(await page.getByRole('dialog').count()).toBe(0)
  },
)
