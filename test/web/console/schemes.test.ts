import { expect, test } from 'vitest'
import { schemes, type SchemeName } from '../../../src/domain/schemes/schemes.ts'
import { proofsNeeded } from '../../../src/domain/self-ending-overlap.ts'
import { faultOfSecret, schemes as words } from '../../../src/web/console/schemes.ts'
import { hookAddress, openConsole } from '../../support/console.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer } from '../../support/server.ts'

const names = Object.keys(schemes) as SchemeName[]
const timeout = 60_000

test('the console describes each scheme as the registry implements it', () => {
  expect(Object.keys(words)).toEqual(names)
  const imports = { decoded: 'base64', text: 'text', private: null }
  for (const name of names) {
    const { signatureHeader, headerMayChange, separator, keyBytes } = schemes[name]
    expect(words[name], name).toMatchObject({
      header: signatureHeader,
      headerMayChange,
      imports: imports[keyBytes],
      carriesOne: separator === undefined,
      endsAtFirstProof: proofsNeeded({ name, header: null }) === 1,
    })
  }
})

/** Secrets, whether svix accepts them, and whether github does. */
const secrets = [
  ['whsec_' + Buffer.alloc(24).toString('base64'), true, true],
  ['whsec_' + Buffer.alloc(64).toString('base64'), true, true],
  ['whsec_' + Buffer.alloc(23).toString('base64'), false, true],
  ['whsec_' + Buffer.alloc(65).toString('base64'), false, true],
  ['whsec_' + Buffer.alloc(32).toString('base64').replace('A=', 'B='), false, true],
  ['whsec_' + Buffer.alloc(32).toString('base64').replace('=', ''), false, true],
  ['correct-horse-battery', false, true],
  ['fifteen-letters', false, false],
  ['x'.repeat(256), false, true],
  ['x'.repeat(257), false, false],
  ['correct horse battery', false, false],
  ['pässword-pässword', false, false],
  ['whsk_' + Buffer.alloc(64).toString('base64'), false, false],
  ['whpk_' + Buffer.alloc(32).toString('base64'), false, false],
  ['whpk_is_only_a_prefix', false, true],
] as const

test('the browser checks the shape of an imported secret as the server does', { timeout }, async () => {
  const server = await startServer()
  for (const [index, [signingSecret, isForSvix, isForGithub]] of secrets.entries())
    for (const [scheme, isAccepted] of [
      ['svix', isForSvix],
      ['github', isForGithub],
    ] as const) {
      const what = `${signingSecret} as ${scheme}`
      expect(faultOfSecret(signingSecret, scheme) === null, what).toBe(isAccepted)
      const webhook = await provision(server, 'app_1', `${scheme}-${index}`, scheme)
      const { status } = await server.api('PATCH', `${webhook}/secret`, { body: { signingSecret } })
      expect(status === 200, what).toBe(isAccepted)
    }
})

test(
  'a webhook of each scheme can be created, and changed to others and back',
  { timeout: 120_000 },
  async (context) => {
    const server = await startServer()
    await server.api('PUT', '/applications/app_1')
    const { page } = await openConsole(context, server, { failures: [404] })
    const dialog = page.getByRole('dialog')
    for (const name of names) {
      await page.goto(`${server.origin}/console#/applications/app_1`)
      await page.getByRole('button', { name: 'Create a webhook…' }).click()
      await dialog.getByLabel('ID').fill(name)
      await dialog.getByLabel('URL').fill('https://merchant.example/hooks')
      await dialog.getByRole('radio', { name }).check()
      const { signatureHeader, headerMayChange } = schemes[name]
      const header = dialog.getByLabel('Signature header')
      if (headerMayChange) {
        expect(await header.inputValue()).toBe(signatureHeader)
        await header.fill('X-Merchant-Signature')
      } else expect(await header.count()).toBe(0)
      await dialog.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('heading', { name, level: 1 }).waitFor()
      const stored = async () => (await server.api('GET', `/applications/app_1/webhooks/${name}`)).body
      expect(await stored()).toMatchObject({
        signatureScheme: name,
        signatureHeader: headerMayChange ? 'X-Merchant-Signature' : signatureHeader,
      })

      for (const to of [name === 'stripe' ? 'github' : 'stripe', name] as const) {
        await page.getByRole('button', { name: 'Edit…' }).click()
        await dialog.getByRole('radio', { name: to }).check()
        await dialog.getByRole('button', { name: 'Save' }).click()
        await page.getByText(`Signed as ${to}, in the header ${schemes[to].signatureHeader}`).waitFor()
        // A header that one platform named after itself does not follow the webhook to another scheme.
        expect(await stored()).toMatchObject({
          signatureScheme: to,
          signatureHeader: schemes[to].signatureHeader,
          url: 'https://merchant.example/hooks',
        })
      }
    }
  },
)

test(
  "if the live keys do not fit a scheme, the API's error appears beside the schemes",
  { timeout },
  async (context) => {
    const server = await startServer()
    const webhook = await provision(server, 'app_1', 'hook_1', 'github')
    await newSecret(server, webhook, { signingSecret: 'correct-horse-battery' })
    const { keyFingerprint } = (await server.api('GET', webhook)).body
    const { page } = await openConsole(context, server, { at: hookAddress, failures: [409] })
    await page.getByRole('button', { name: 'Edit…' }).click()
    const dialog = page.getByRole('dialog')
    const save = dialog.getByRole('button', { name: 'Save' })
    await dialog.getByRole('radio', { name: 'shopify' }).check()
    await dialog.getByText('A receiver that still verifies github will refuse it').waitFor()
    await dialog.getByRole('radio', { name: 'svix' }).check()
    await dialog.getByText('Rekey refuses the change while the secret of a live key is not whsec_').waitFor()
    await save.click()
    const fault = dialog.locator('#signatureScheme-note')
    await fault
      .getByText(`The secret of the live key ${keyFingerprint} is not whsec_ followed by base64`)
      .waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('signatureScheme')
    await dialog.getByRole('radio', { name: 'ed25519' }).check()
    expect(await fault.count()).toBe(0)
    await dialog.getByText('Rekey refuses to change it to or from ed25519').waitFor()
    await save.click()
    await fault.getByText('Create a new webhook with the other scheme.').waitFor()
    expect((await server.api('GET', webhook)).body.signatureScheme).toBe('github')
  },
)
