import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { listen } from '../../support/listen.ts'
import { enter, openReference, send, textOf } from '../../support/reference-page.ts'
import { provision } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

test('Send asks for confirmation, then sends the previewed request and shows the new secret once', async (context) => {
  const { page, server, form, answer, errors } = await openReference(context, {
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const secret = `${await provision(server)}/secret` as const
  await server.api('PATCH', secret)
  const { body: before } = await server.api('GET', secret)
  const bearer = await token()
  await enter(form, { 'Bearer Token': `Bearer ${bearer}`, applicationId: 'app_1', webhookId: 'hook_1' })
  const previewOf = (shown: string) =>
    [
      'PATCH /api/v1/applications/app_1/webhooks/hook_1/secret HTTP/1.1',
      `Host: ${new URL(server.origin).host}`,
      `Authorization: Bearer ${shown}`,
      'Content-Type: application/json',
    ].join('\n')
  const preview = form.getByRole('region', { name: 'Request Preview' })
  expect(await textOf(preview)).toBe(previewOf('••••••••'))
  expect(await form.getByLabel('Bearer Token', { exact: true }).getAttribute('class')).toBe('masked')
  await form.getByRole('button', { name: 'Reveal token' }).click()
  expect(await textOf(preview)).toBe(previewOf(bearer))
  expect(await form.getByLabel('Bearer Token', { exact: true }).getAttribute('class')).toBe('')

  await form.getByRole('button', { name: 'Send' }).click()
  const dialog = form.getByRole('dialog', { name: 'Rotate webhook signing secret?' })
  expect(await textOf(dialog.locator('code'))).toBe(`PATCH ${server.origin}/api/v1${secret}`)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect((await server.api('GET', secret)).body.current?.id).toBe(before.current?.id)

  await send(form)
  await answer.getByText('200 OK').waitFor()
  expect(await textOf(answer.locator('summary'))).toMatch(/^200 OK\d+ msHeaders$/)
  await answer.getByText('200 OK').click()
  expect(await textOf(answer.getByLabel('Response headers'))).toMatch(/^etag: "key_/m)
  const shown = JSON.parse(await textOf(answer.getByLabel('Response body'))) as Record<string, string>
  await answer.getByText('New secret, shown only once').waitFor()
  await answer.getByRole('button', { name: 'Copy' }).click()
  await answer.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(shown['signingSecret'])

  const { body: after } = await server.api('GET', secret)
  expect(after.previous).toEqual([expect.objectContaining({ id: before.current?.id })])
  const sha256 = createHash('sha256').update(shown['signingSecret'] ?? '').digest('hex') // prettier-ignore
  expect(sha256).toBe(after.current?.sha256)
  expect(errors).toEqual([])
})

test('a reader who cancels and immediately sends again is asked again, and the request is sent once', async (context) => {
  const { page, server, form, answer } = await openReference(context)
  const webhook = await provision(server)
  await enter(form, { 'Bearer Token': await token(), applicationId: 'app_1', webhookId: 'hook_1' })
  await form.getByRole('button', { name: 'Send' }).click()
  const dialog = form.getByRole('dialog')
  await dialog.waitFor()
  // Both in one task, before the browser fires the dialog's `close` event.
  await page.evaluate(`{
    const form = document.querySelector('form:has(dialog)')
    form.querySelector('dialog').close()
    form.requestSubmit()
  }`)
  await page.waitForTimeout(100)
  await dialog.getByRole('button', { name: 'Send' }).click()
  await answer.getByText('200 OK').waitFor()
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)
})

test('a response is marked as outdated while the inputs differ from those it was sent with', async (context) => {
  const { form, answer } = await openReference(context, { at: '/getWebhook' })
  await enter(form, { 'Bearer Token': await token() })
  await send(form)
  await answer.getByText('404 Not Found').waitFor()
  const mark = answer.getByText('The inputs have changed since this response.')
  expect(await mark.isVisible()).toBe(false)
  await enter(form, { webhookId: 'hook_2' })
  expect(await mark.isVisible()).toBe(true)
  await enter(form, { webhookId: 'example_string' })
  expect(await mark.isVisible()).toBe(false)
})

test('sends query parameters, optional headers and a body, and shows an error response unchanged', async (context) => {
  const { page, server, form, answer } = await openReference(context)
  const secret = `${await provision(server)}/secret` as const
  await server.api('PATCH', secret)
  await enter(form, { 'Bearer Token': await token(), applicationId: 'app_1', webhookId: 'hook_1' })
  await form.getByText('Optional parameters').click()
  await enter(form, { Body: '{"overlapSeconds": 0, "reason": "leaked"}', 'If-Match': '"key_of_another"' })
  expect(await textOf(form.getByRole('region', { name: 'Request Preview' }))).toMatch(
    /\nIf-Match: "key_of_another"\n\n\{"overlapSeconds": 0, "reason": "leaked"\}$/,
  )
  await send(form)
  await answer.getByText('412 Precondition Failed').waitFor()
  expect(JSON.parse(await textOf(answer.getByLabel('Response body')))).toMatchObject({ code: 412 })
  await enter(form, { 'If-Match': '' })
  await send(form)
  await answer.getByText('200 OK').waitFor()
  const { body } = await server.api('GET', secret)
  expect(body.current?.reason).toBe('leaked')
  expect(body.previous).toMatchObject([{ state: 'revoked' }])

  // The page asks before it loses the new secret.
  page.once('dialog', (dialog) => void dialog.accept())
  await page.getByRole('link', { name: "List a webhook's events" }).click()
  await page.getByRole('heading', { name: "List a webhook's events", level: 1 }).waitFor()
  await form.getByText('Optional parameters').click()
  await enter(form, { limit: '1' })
  await send(form)
  await answer.getByText('200 OK').waitFor()
  expect(
    (JSON.parse(await textOf(answer.getByLabel('Response body'))) as { items: object[] }).items,
  ).toHaveLength(1)
})

test('requests go to the entered base URL, with or without /api/v1, even on another host', async (context) => {
  const { page, form, answer, errors } = await openReference(context)
  const seen: string[] = []
  const elsewhere = createServer(({ method = '', url = '' }, response) => {
    seen.push(`${method} ${url}`)
    response.writeHead(method === 'OPTIONS' ? 204 : 401, {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'PATCH',
      'access-control-allow-headers': 'authorization, content-type',
    })
    response.end()
  })
  const port = await listen(elsewhere)
  const path = '/behind/api/v1/applications/example_string/webhooks/example_string/secret'
  await enter(form, { 'Bearer Token': 'abc' })
  for (const end of ['/behind/', '/behind/api/v1', '/behind/api/v1/']) {
    await enter(form, { 'Base URL': `http://localhost:${port}${end}` })
    await send(form)
    // The previous response is visible until the new request begins.
    await expect.poll(() => seen).toHaveLength(2)
    await answer.getByText('401 Unauthorized').waitFor()
    expect(seen.splice(0)).toEqual([`OPTIONS ${path}`, `PATCH ${path}`])
  }

  await enter(form, { 'Base URL': 'http://127.0.0.1:1' })
  await send(form)
  await answer.getByText('http://127.0.0.1:1 is unreachable, or does not allow').waitFor()
  await answer.getByText(`add ${new URL(page.url()).origin} to its REKEY_CORS_ORIGINS`).waitFor()
  expect(errors.filter((error) => error.includes('Content Security Policy'))).toEqual([])
})

test('sends no request if the base URL, the token, an ID or a required body is invalid', async (context) => {
  const { page, form } = await openReference(context, { at: '/putWebhook' })
  await enter(form, { 'Bearer Token': 'abc' })
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  const bad = {
    'Base URL': 'ftp://host',
    'Bearer Token': 'two words',
    applicationId: 'a/b',
    webhookId: '',
    Body: '',
  }
  const group = form.locator('details')
  const setOpen = (open: boolean) =>
    group.evaluate((element: { open: boolean }, open) => {
      element.open = open
    }, open)
  for (const [label, value] of Object.entries(bad)) {
    await setOpen(true)
    const input = form.getByLabel(label, { exact: true })
    const before = await input.inputValue()
    await input.fill(value)
    await setOpen(false)
    await send(form)
    expect(await form.locator('input:invalid, textarea:invalid').count(), label).toBe(1)
    expect(await page.evaluate('document.activeElement.id'), label).toBe(await input.getAttribute('id'))
    await input.fill(before)
  }
  expect(await form.locator('input:invalid').count()).toBe(0)
  expect(requests).toEqual([])
})
