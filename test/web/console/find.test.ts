import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { openConsole } from '../../support/console.ts'
import { provision, startServer } from '../../support/server.ts'

test(
  'a pasted secret leads to its webhook, and never leaves the browser',
  { timeout: 60_000 },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1')
    const { signingSecret, keyFingerprint } = (await server.api('PATCH', `${webhook}/secret`)).body
    await server.api('PATCH', `${webhook}/secret`)
    const { page } = await openConsole(context, server)
    const wire: string[] = []
    page.on('request', (request) => {
      wire.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '')
    })
    await page.getByRole('link', { name: 'Find a secret' }).click()
    await page.getByRole('heading', { name: 'Whose secret is this?' }).waitFor()
    await page.getByLabel('Secret').fill(` ${signingSecret}\n`)
    await page.getByRole('button', { name: 'Find its webhook' }).click()
    await page.getByRole('heading', { name: '1 key has this secret' }).waitFor()
    const card = page.locator('.found-card')
    expect(await card.innerText()).toContain(keyFingerprint)
    expect(await card.innerText()).toContain('previous')
    expect(await barriers(page)).toEqual([])

    const sha256 = createHash('sha256').update(signingSecret).digest('hex')
    const sent = wire.join('\n')
    expect(sent).toContain(`/api/v1/keys?sha256=${sha256}`)
    const [, encoded = ''] = signingSecret.split('whsec_')
    for (const form of [encoded, encodeURIComponent(encoded), encoded.slice(0, 12)])
      expect(sent).not.toContain(form)
    expect(await page.content()).not.toContain(encoded)
    expect(await page.getByLabel('Secret').inputValue()).toBe('')
    const kept = await page.evaluate<string>(
      '[location.href, JSON.stringify([localStorage, sessionStorage])].join()',
    )
    expect(kept).not.toContain(encoded.slice(0, 12))

    await page.getByRole('link', { name: 'hook_1' }).click()
    await page.getByRole('button', { name: 'Rotate secret…' }).waitFor()
  },
)

test(
  'a secret that no key has, and a token that may not search, get an explanation',
  { timeout: 60_000 },
  async (context) => {
    const server = await startServer()
    const signIn = { at: '#/find', failures: [403] }
    const search = async (as: object) => {
      const { page } = await openConsole(context, server, { ...signIn, as })
      await page.getByLabel('Secret').fill('nobody-has-this-secret')
      await page.getByRole('button', { name: 'Find its webhook' }).click()
      return page
    }
    await (await search({})).getByText('No key that this token can read has this secret.').waitFor()
    await (
      await search({ scope: 'webhooks:read' })
    )
      .getByText('This token cannot look for a secret.')
      .waitFor()
  },
)

test(
  'over plain HTTP, the console says that it cannot hash, and takes no secret',
  { timeout: 60_000 },
  async (context) => {
    const server = await startServer()
    const { page } = await openConsole(
      context,
      { origin: 'http://rekey.example' },
      { at: '#/find', proxy: { server: server.origin } },
    )
    await page.getByText('This page cannot hash the secret here.').waitFor()
    expect(await page.getByLabel('Secret').count()).toBe(0)
    expect(await page.locator('pre').innerText()).toContain('http://rekey.example/api/v1/keys?sha256=')
  },
)
