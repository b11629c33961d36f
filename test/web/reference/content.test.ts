import { expect, test } from 'vitest'
import { barriers } from '../../support/axe.ts'
import { enter, openReference, rotation, textOf } from '../../support/reference-page.ts'
import { provision } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const timeout = 90_000

test("the page contains all text of the owner's reference page", { timeout }, async (context) => {
  const { section } = await openReference(context)
  // Removes all white space, because Scalar breaks lines inside a path.
  const bare = (text: string) => text.replace(/\s/g, '')
  const said = bare(await section.innerText())
  for (const text of [
    'Rotate webhook signing secret',
    'Generates a new signing secret for the specified webhook configuration.',
    'PATCH /applications/{applicationId}/webhooks/{webhookId}/secret',
    'Base URL Required Target server for requests. Edit to use your own host.',
    'Bearer Token (JWT) Required Bearer token (JWT) - just enter the token, "Bearer" prefix will be added automatically',
    'applicationId Required ID of the application that owns the webhook.',
    'webhookId Required ID of the webhook configuration to rotate.',
    'Request Preview PATCH /api/v1/applications/example_string/webhooks/example_string/secret',
    'Response will appear here after sending the request',
    'Auth Required',
    'Path Parameters',
    'Responses',
    'Fingerprint of the newly generated signing key. Safe to display and store.',
    'Newly generated signing secret. Shown only once on rotation; the merchant must persist it immediately.',
    'Was this page helpful?',
  ])
    expect(said).toContain(bare(text))
})

test(
  "the rotation's section shows each documented response with its example",
  { timeout },
  async (context) => {
    const { section } = await openReference(context)
    const card = section.locator('.response-card')
    for (const status of ['200', '401', '403', '404', '502', '504']) {
      await card.getByRole('tab', { name: status }).click()
      const [example] = Object.values(
        rotation.responses[status]?.content?.['application/json']?.examples ?? {},
      )
      expect(example, status).toBeDefined()
      const shown = async () => (await textOf(card.locator('pre').first())).replace(/\s/g, '')
      await expect.poll(shown, { message: status }).toBe(JSON.stringify(example?.value).replace(/\s/g, ''))
    }
  },
)

test.for(['light', 'dark'] as const)(
  'in %s mode, axe finds no violation in the elements that Rekey adds to Scalar',
  { timeout },
  async (colorScheme, context) => {
    const { page, form, server } = await openReference(context, { colorScheme })
    await provision(server, 'example_string', 'example_string')
    await enter(form, { 'Bearer Token': await token() })
    await form.getByText('Optional parameters').click()
    await form.getByRole('button', { name: 'Send' }).click()
    await form.getByText('200 OK').waitFor()
    expect(await page.locator('body').getAttribute('class')).toContain(`${colorScheme}-mode`)
    expect(await barriers(page, ['rekey-try-it', 'rekey-feedback'])).toEqual([])
  },
)

test('the page fits a narrow screen without horizontal scrolling', { timeout }, async (context) => {
  const { page, form } = await openReference(context, { viewport: { width: 390, height: 844 } })
  await enter(form, { 'Bearer Token': `${'a'.repeat(400)}.b.c` })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
})
