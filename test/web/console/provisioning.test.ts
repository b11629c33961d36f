import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { hookAddress, listAddress, openConsole } from '../../support/console.ts'
import { newSecret } from '../../support/probes.ts'
import { provision, startServer } from '../../support/server.ts'

const timeout = 60_000
const appAddress = '#/applications/app_1'

test.for([
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
])(
  'at $width px, an application and a webhook are created, edited and deleted',
  { timeout },
  async (viewport, context) => {
    const server = await startServer()
    const { page } = await openConsole(context, server, {
      at: listAddress,
      viewport,
      failures: [404],
    })
    const dialog = page.getByRole('dialog')
    const check = async () => {
      expect(await barriers(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    }
    await page.getByRole('button', { name: 'Create an application…' }).click()
    await dialog.getByLabel('ID').fill(' app_1 ')
    await dialog.getByLabel('Name').fill('Northwind')
    await check()
    await dialog.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'app_1', level: 1 }).waitFor()
    await page.getByText('Northwind').waitFor()
    await page.getByRole('button', { name: 'Edit…' }).click()
    await dialog.getByLabel('Name').fill('')
    await check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Northwind').waitFor({ state: 'detached' })
    expect((await server.api('GET', '/applications/app_1')).body.name).toBeNull()

    await page.getByRole('button', { name: 'Create a webhook…' }).click()
    await dialog.getByLabel('ID').fill('hook_1')
    await dialog.getByLabel('URL').fill('https://merchant.example/hooks')
    await dialog.getByLabel('Description').fill('Orders')
    await check()
    await dialog.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'hook_1', level: 1 }).waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).toBe('hook_1')
    await page.getByRole('button', { name: 'Issue the first secret…' }).waitFor()
    await page.getByRole('button', { name: 'Import a secret…' }).waitFor()
    await page.getByRole('button', { name: 'Edit…' }).click()
    expect(await dialog.getByLabel('Description').inputValue()).toBe('Orders')
    await dialog.getByLabel('URL').fill('https://merchant.example/other')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('https://merchant.example/other').waitFor()
    const { body } = await server.api('GET', '/applications/app_1/webhooks/hook_1')
    expect(body).toMatchObject({ url: 'https://merchant.example/other', description: 'Orders' })

    for (const [id, parent] of [
      ['hook_1', 'app_1'],
      ['app_1', 'Applications'],
    ] as const) {
      await page.getByRole('button', { name: 'Edit…' }).click()
      await dialog.getByRole('button', { name: 'Delete…' }).click()
      const confirmation = dialog.getByLabel(`Type ${id} to confirm`)
      expect(await page.evaluate('document.activeElement.id')).toBe('confirmation')
      await confirmation.fill(id.toUpperCase())
      await check()
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await dialog.locator('#confirmation-note.bad').waitFor()
      expect(await page.evaluate('document.activeElement.id')).toBe('confirmation')
      await confirmation.fill(id)
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await page.getByRole('heading', { name: parent, level: 1 }).waitFor()
    }
    expect((await server.api('GET', '/applications/app_1')).status).toBe(404)
  },
)

test('a deletion explains what it destroys', { timeout }, async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  await newSecret(server, webhook)
  const { page } = await openConsole(context, server, { at: hookAddress })
  await page.getByRole('button', { name: 'Edit…' }).click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete hook_1?' })
  expect(await dialog.innerText()).toContain('This deletes the webhook with its 2 live keys and invitations')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(await page.evaluate('document.activeElement.id')).toBe('edit')
  await provision(server, 'app_1', 'hook_2')
  await page.getByRole('link', { name: 'app_1' }).click()
  await page.getByRole('button', { name: 'Edit…' }).click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page
    .getByText('This deletes its 2 webhooks with all keys and invitations, immediately and permanently.')
    .waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  expect((await server.api('GET', webhook)).status).toBe(200)
})

test('creating never overwrites an application or a webhook that exists', { timeout }, async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PUT', '/applications/app_1', { body: { name: 'First' } })
  const { page } = await openConsole(context, server, { at: listAddress })
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Create an application…' }).click()
  await dialog.getByLabel('ID').fill('app_1')
  await dialog.getByLabel('Name').fill('Second')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog
    .locator('#applicationId-note.bad')
    .getByText('Another application already has this ID')
    .waitFor()
  expect(await dialog.getByLabel('Name').inputValue()).toBe('Second')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('link', { name: 'app_1' }).click()
  await page.getByRole('button', { name: 'Create a webhook…' }).click()
  await dialog.getByLabel('ID').fill('hook_1')
  await dialog.getByLabel('URL').fill('https://attacker.example/')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.locator('#webhookId-note.bad').getByText('Another webhook already has this ID').waitFor()
  expect(await page.evaluate('document.activeElement.id')).toBe('webhookId')
  expect((await server.api('GET', '/applications/app_1')).body.name).toBe('First')
  expect((await server.api('GET', webhook)).body.url).toBe('https://merchant.example/webhooks')
})

test('a change that someone else makes meanwhile is not overwritten', { timeout }, async (context) => {
  const server = await startServer()
  const webhook = await provision(server)
  const { page } = await openConsole(context, server, { at: hookAddress })
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Edit…' }).click()
  await server.api('PUT', webhook, { body: { url: 'https://merchant.example/moved' } })
  await dialog.getByLabel('URL').fill('https://merchant.example/mine')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Someone else changed this webhook.').waitFor()
  expect((await server.api('GET', webhook)).body.url).toBe('https://merchant.example/moved')
})

test(
  'if someone else creates the same ID at the same moment, the dialog says that it overwrote it',
  { timeout },
  async (context) => {
    const server = await startServer()
    const { page } = await openConsole(context, server, { at: listAddress, failures: [404] })
    await page.route('**/applications/app_1', async (route) => {
      if (route.request().method() === 'PUT') await server.api('PUT', '/applications/app_1')
      await route.continue()
    })
    await page.getByRole('button', { name: 'Create an application…' }).click()
    await page.getByRole('dialog').getByLabel('ID').fill('app_1')
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    await page.getByText('Someone else created this application at the same moment.').waitFor()
  },
)

const secret = `whsec_${'A'.repeat(43)}=`

test('every error of the API appears at the input that it concerns', { timeout }, async (context) => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1')
  const { page } = await openConsole(context, server, { at: listAddress, failures: [400, 404] })
  const dialog = page.getByRole('dialog')
  const refuse = async (label: string, field: string, values: Record<string, string>) => {
    const input = dialog.getByLabel(label)
    const valid = await input.inputValue()
    for (const [value, text] of Object.entries(values)) {
      await input.fill(value)
      await dialog.getByRole('button', { name: 'Create' }).click()
      await dialog.locator(`#${field}-note.bad`).getByText(text).waitFor()
      expect(await page.evaluate('document.activeElement.id')).toBe(field)
      expect(await input.getAttribute('aria-invalid')).toBe('true')
      expect(await input.inputValue()).toBe(value)
      expect(await dialog.locator('.bad').count()).toBe(1)
    }
    expect(await barriers(page)).toEqual([])
    await input.fill(valid)
  }
  const ids = {
    '': 'Must be 1 to 64 letters',
    '..': 'Must be 1 to 64 letters',
    'a/b': 'Must be 1 to 64 letters',
    ä: 'Must be 1 to 64 letters',
    ['x'.repeat(65)]: 'Must be 1 to 64 letters',
  }
  await page.getByRole('button', { name: 'Create an application…' }).click()
  await refuse('ID', 'applicationId', ids)
  await dialog.getByLabel('ID').fill('app_2')
  await refuse('Name', 'name', {
    ['x'.repeat(201)]: 'Must be 1 to 200 characters, without NUL (U+0000).',
    [secret]: 'Must not contain a signing secret; this field is stored in plaintext.',
  })
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'app_2', level: 1 }).waitFor()

  await page.getByRole('button', { name: 'Create a webhook…' }).click()
  await refuse('ID', 'webhookId', ids)
  await dialog.getByLabel('ID').fill('hook_1')
  await refuse('URL', 'url', {
    '': 'Must be an http:// or https:// URL',
    'ftp://merchant.example': 'Must be an http:// or https:// URL',
    'https://me:pass@merchant.example': 'without user name or password',
    [`https://merchant.example/${'x'.repeat(2048)}`]: 'at most 2048 characters',
    'https://merchant.example:99999/': 'Must have a valid host name or IP address',
    [`https://merchant.example/${secret}`]: 'Must not contain a signing secret',
  })
  await dialog.getByLabel('URL').fill('https://merchant.example/')
  await refuse('Description', 'description', {
    ['x'.repeat(501)]: 'Must be 1 to 500 characters',
    [secret]: 'Must not contain a signing secret',
  })
  await dialog.getByRole('radio', { name: 'stripe' }).check()
  await refuse('Signature header', 'signatureHeader', {
    'Content-Type': 'Must not be Content-Type, because HTTP itself gives that header a meaning.',
    '9-Lives': 'Must be 1 to 64 letters, digits or hyphens, and start with a letter.',
    ['x'.repeat(65)]: 'Must be 1 to 64 letters, digits or hyphens',
  })
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'hook_1', level: 1 }).waitFor()
})

test(
  'a failure that no input caused appears in the dialog, which keeps what was entered',
  { timeout },
  async (context) => {
    const server = await startServer()
    await provision(server)
    const { page } = await openConsole(context, server, { at: appAddress, failures: [404] })
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Create a webhook…' }).click()
    await dialog.getByLabel('ID').fill('hook_2')
    await dialog.getByLabel('URL').fill('https://merchant.example/')
    await server.api('DELETE', '/applications/app_1')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await dialog.getByText('Nothing has this ID.').waitFor()
    expect(await dialog.getByLabel('URL').inputValue()).toBe('https://merchant.example/')
  },
)

const hostile = [
  'x'.repeat(180),
  'ي'.repeat(60) + ' שלום ' + '\u202Egnp.exe',
  'e' + '\u0301\u0323\u0334'.repeat(60),
  '👩‍👩‍👧‍👦'.repeat(17),
  '<img src=x onerror=alert(1)><script>alert(1)</script>"\'${1}',
]

test.for([1440, 390])(
  'at %i px, hostile names, URLs and IDs are shown as text and never break the layout',
  { timeout },
  async (width, context) => {
    const server = await startServer()
    const id = 'x'.repeat(64)
    const { page } = await openConsole(context, server, {
      at: listAddress,
      viewport: { width, height: 844 },
      failures: [404],
    })
    const dialog = page.getByRole('dialog')
    const fits = async () => {
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      if ((await dialog.count()) > 0)
        expect(
          await dialog.evaluate(
            (box: { scrollWidth: number; clientWidth: number }) => box.scrollWidth <= box.clientWidth,
          ),
        ).toBe(true)
    }
    await page.getByRole('button', { name: 'Create an application…' }).click()
    await dialog.getByLabel('ID').fill(id)
    await dialog.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: id, level: 1 }).waitFor()
    for (const name of hostile) {
      await page.getByRole('button', { name: 'Edit…' }).click()
      await dialog.getByLabel('Name').fill(name)
      await fits()
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.waitFor({ state: 'detached' })
      await page.getByText(name).waitFor()
      await fits()
    }
    await page.getByRole('button', { name: 'Create a webhook…' }).click()
    await dialog.getByLabel('ID').fill(id)
    await dialog
      .getByLabel('URL')
      .fill(`https://merchant.example/${encodeURIComponent(hostile[4] ?? '')}${'y'.repeat(300)}`)
    await dialog.getByLabel('Description').fill(`${hostile[4]} ${'x'.repeat(300)}`)
    await fits()
    await dialog.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('button', { name: 'Issue the first secret…' }).waitFor()
    await page.getByText(hostile[4] ?? '').waitFor()
    await fits()
    await page.getByRole('button', { name: 'Edit…' }).click()
    await dialog.getByRole('button', { name: 'Delete…' }).click()
    await dialog.getByLabel(`Type ${id} to confirm`).waitFor()
    await fits()
    expect(await barriers(page)).toEqual([])
  },
)

test(
  'an application and its webhook can be created with the keyboard alone',
  { timeout },
  async (context) => {
    const server = await startServer()
    const { page } = await openConsole(context, server, { at: listAddress, failures: [404] })
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    const tabTo = async (name: string) => {
      for (let count = 0; count < 12; count += 1) {
        await page.keyboard.press('Tab')
        if ((await page.evaluate('document.activeElement.textContent.trim()')) === name) return
      }
      throw new Error(`Tab does not lead to ${name}`)
    }
    await tabTo('Create an application…')
    await press('Enter')
    await page.keyboard.insertText('app_1')
    await press('Enter')
    await page.getByRole('heading', { name: 'app_1', level: 1 }).waitFor()
    await page.getByText('This application has no webhooks yet').waitFor()
    await tabTo('Create a webhook…')
    await press('Enter')
    await page.keyboard.insertText('hook_1')
    await press('Tab')
    await page.keyboard.insertText('https://merchant.example/')
    // Moves past the description to the schemes.
    await press('Tab', 'Tab', 'ArrowDown', 'ArrowDown', 'Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('signatureHeader')
    await press('Enter')
    await page.getByText('Signed as stripe, in the header Stripe-Signature').waitFor()
    await tabTo('Edit…')
    await press('Enter', 'Escape')
    expect(await page.evaluate('document.activeElement.id')).toBe('edit')
  },
)

test(
  'a token that may only read can neither create nor edit, and the buttons say why',
  { timeout },
  async (context) => {
    const server = await startServer()
    await provision(server)
    const as = { scope: 'applications:read webhooks:read secrets:read events:read' }
    const { page } = await openConsole(context, server, { as, at: listAddress })
    const isRefused = async (name: string, scope: string) => {
      const button = page.getByRole('button', { name })
      await button.and(page.locator('[aria-disabled=true]')).waitFor()
      expect(await button.getAttribute('title')).toBe(`This token lacks the scope ${scope}.`)
    }
    await isRefused('Create an application…', 'applications:write')
    await page.getByRole('link', { name: 'app_1' }).click()
    await isRefused('Create a webhook…', 'webhooks:write')
    await isRefused('Edit…', 'applications:write')
    await page.getByRole('link', { name: 'hook_1' }).click()
    await isRefused('Import a secret…', 'secrets:rotate')
    await isRefused('Edit…', 'webhooks:write')
  },
)
