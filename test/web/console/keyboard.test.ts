import { expect, test } from 'vitest'
import { openConsole } from '../../support/console.ts'
import { liveKeys, newSecret, setUrl, startProbeServer } from '../../support/probes.ts'
import { startReceiver, verifiedWith } from '../../support/receivers.ts'
import { provision } from '../../support/server.ts'

test(
  'the keyboard alone finds a webhook, rotates its secret, saves it, probes, and ends the overlap',
  { timeout: 120_000 },
  async (context) => {
    const server = await startProbeServer()
    const webhook = await provision(server)
    let secret = await newSecret(server, webhook)
    const receiver = await startReceiver((message) => verifiedWith(secret)(message))
    await setUrl(server, webhook, receiver.url)
    const { page } = await openConsole(context, server, { at: '#/applications' })
    const focus = page.locator(':focus-visible')
    const tabTo = async (name: string) => {
      const target = page
        .getByRole('button', { name, exact: true })
        .or(page.getByRole('link', { name, exact: true }))
      await target.waitFor()
      for (let tabs = 0; tabs < 40 && (await target.and(focus).count()) === 0; tabs += 1)
        await page.keyboard.press('Tab')
      expect(await target.and(focus).count(), name).toBe(1)
      // A link that covers its whole row draws the outline around the row.
      const outlines =
        "['', '::after'].map((part) => getComputedStyle(document.activeElement, part).outlineStyle)"
      expect(await page.evaluate(outlines), name).toContain('solid')
    }
    const press = async (name: string) => {
      await tabTo(name)
      await page.keyboard.press('Enter')
    }
    const keepsFocus = () =>
      expect.poll(() => page.evaluate('document.activeElement !== document.body')).toBe(true)
    await press('app_1')
    await page.getByText('1 webhook', { exact: true }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('hook')
    await page.getByText('match').waitFor()
    await press('hook_1')
    await press('Rotate secret…')
    await press('Rotate')
    const value = page.locator('.secret .value')
    await value.waitFor()
    await keepsFocus()
    secret = await value.innerText()
    await press('Download')
    await press('Done')
    await value.waitFor({ state: 'detached' })
    await keepsFocus()
    await press('Probe the receiver')
    await page.getByText('Proven:', { exact: true }).waitFor()
    await keepsFocus()
    await press('End the overlap now')
    await page.getByText('The overlap has ended:').waitFor()
    await keepsFocus()
    expect(await liveKeys(server, webhook)).toBe(1)
  },
)
