import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { listen } from '../../support/listen.ts'
import { enter, openReference, rotation, textOf } from '../../support/reference-page.ts'
import { provision } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const timeout = 90_000

test(
  'the page opens at the rotation operation, without errors or requests to other hosts',
  { timeout },
  async (context) => {
    const { page, section, errors, origins, server } = await openReference(context)
    expect(await page.title()).toContain('Rekey')
    const heading = section.getByRole('heading', { name: 'Rotate webhook signing secret' })
    const top = () =>
      heading.evaluate(
        (element: { getBoundingClientRect: () => { top: number } }) => element.getBoundingClientRect().top,
      )
    await expect.poll(top, { timeout: 30_000 }).toBeLessThan(500)
    expect(await top()).toBeGreaterThanOrEqual(0)
    await page.waitForLoadState('networkidle')
    expect([...origins]).toEqual([server.origin])
    expect(errors).toEqual([])
  },
)

test('the Send button sends the previewed request and shows the new secret', { timeout }, async (context) => {
  const { server, form, errors } = await openReference(context)
  const secret = `${await provision(server)}/secret` as const
  await server.api('PATCH', secret)
  const { body: before } = await server.api('GET', secret)

  const bearer = await token()
  await enter(form, { 'Bearer Token': `Bearer ${bearer}`, applicationId: 'app_1', webhookId: 'hook_1' })
  expect(await textOf(form.getByLabel('Request Preview'))).toBe(
    [
      'PATCH /api/v1/applications/app_1/webhooks/hook_1/secret HTTP/1.1',
      `Host: ${new URL(server.origin).host}`,
      `Authorization: Bearer ${bearer}`,
      'Content-Type: application/json',
    ].join('\n'),
  )
  await form.getByRole('button', { name: 'Send' }).click()
  await form.getByText('200 OK').waitFor()
  const shown = JSON.parse(await textOf(form.getByLabel('Response body'))) as Record<string, string>

  const { body: after } = await server.api('GET', secret)
  expect(after.previous).toEqual([expect.objectContaining({ id: before.current?.id })])
  const sha256 = createHash('sha256').update(shown['signingSecret'] ?? '').digest('hex') // prettier-ignore
  expect(sha256).toBe(after.current?.sha256)
  expect(shown['keyFingerprint']).toBe(after.current?.keyFingerprint)
  expect(errors).toEqual([])
})

test(
  'sends optional headers and a body, and shows an error response unchanged',
  { timeout },
  async (context) => {
    const { server, form } = await openReference(context)
    const secret = `${await provision(server)}/secret` as const
    await server.api('PATCH', secret)
    await enter(form, { 'Bearer Token': await token(), applicationId: 'app_1', webhookId: 'hook_1' })
    await form.getByText('Optional parameters').click()
    await enter(form, {
      Body: '{"overlapSeconds": 0, "reason": "leaked"}',
      'If-Match': '"key_of_another"',
    })
    expect(await textOf(form.getByLabel('Request Preview'))).toMatch(
      /\nIf-Match: "key_of_another"\n\n\{"overlapSeconds": 0, "reason": "leaked"\}$/,
    )
    await form.getByRole('button', { name: 'Send' }).click()
    await form.getByText('412 Precondition Failed', { exact: true }).waitFor()
    expect(JSON.parse(await textOf(form.getByLabel('Response body')))).toMatchObject({ code: 412 })

    await enter(form, { 'If-Match': '' })
    await form.getByRole('button', { name: 'Send' }).click()
    await form.getByText('200 OK').waitFor()
    const { body } = await server.api('GET', secret)
    expect(body.current?.reason).toBe('leaked')
    expect(body.previous).toMatchObject([{ state: 'revoked' }])
  },
)

test('requests go to the entered base URL, even on another host', { timeout }, async (context) => {
  const { form, errors } = await openReference(context)
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

  await enter(form, { 'Base URL': `http://localhost:${port}/behind/`, 'Bearer Token': 'abc' })
  await form.getByRole('button', { name: 'Send' }).click()
  await form.getByText('401 Unauthorized').waitFor()
  const path = '/behind/api/v1/applications/example_string/webhooks/example_string/secret'
  expect(seen).toEqual([`OPTIONS ${path}`, `PATCH ${path}`])

  await enter(form, { 'Base URL': 'http://127.0.0.1:1' })
  await form.getByRole('button', { name: 'Send' }).click()
  await form.getByText('http://127.0.0.1:1 is unreachable').waitFor()
  expect(errors.filter((error) => error.includes('Content Security Policy'))).toEqual([])
})

test('sends no request if the base URL, the token or an ID is invalid', { timeout }, async (context) => {
  const { page, form } = await openReference(context)
  await enter(form, { 'Bearer Token': 'abc' })
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  const bad = { 'Base URL': 'ftp://host', 'Bearer Token': 'two words', applicationId: 'a/b', webhookId: '' }
  for (const [label, value] of Object.entries(bad)) {
    const input = form.getByLabel(label)
    const before = await input.inputValue()
    await input.fill(value)
    await form.getByRole('button', { name: 'Send' }).click()
    expect(await form.locator('input:invalid').count(), label).toBe(1)
    await input.fill(before)
  }
  expect(await form.locator('input:invalid').count()).toBe(0)
  expect(requests).toEqual([])
})

test('the samples are listed by language and use the entered values', { timeout }, async (context) => {
  const { page, samples, form, server } = await openReference(context)
  const picker = samples.getByRole('button', { name: 'Change code sample language' })
  await picker.click()
  const names = ['cURL', 'Python', 'JavaScript', 'Go', 'Ruby']
  expect(await page.getByRole('option').allInnerTexts()).toEqual(names)
  await page.keyboard.press('Escape')
  await enter(form, {
    'Base URL': 'https://rekey.example/',
    'Bearer Token': 'abc.def.ghi',
    applicationId: 'app_1',
    webhookId: 'hook_1',
  })
  const code = samples.locator('pre')
  for (const { label, source } of rotation['x-codeSamples'] ?? []) {
    await picker.click()
    await page.getByRole('option', { name: label, exact: true }).click()
    const expected = source
      .replace('https://api.example.com', 'https://rekey.example')
      .replace('example_string/webhooks/example_string', 'app_1/webhooks/hook_1')
      .replace('YOUR_API_TOKEN (JWT)', 'abc.def.ghi')
    await expect.poll(() => textOf(code), { message: label, timeout: 10_000 }).toBe(expected)
  }
  // The Ruby sample is still shown. It must turn off TLS, because this base URL uses plain HTTP.
  await enter(form, { 'Base URL': server.origin })
  await expect.poll(() => textOf(code), { timeout: 10_000 }).toContain('http.use_ssl = false')
})

test('an answer to "Was this page helpful?" is counted and acknowledged', { timeout }, async (context) => {
  const { page, server, errors } = await openReference(context)
  const question = page.locator('rekey-feedback[x-rekey-operation=rotateWebhookSecret]')
  await question.getByRole('button', { name: 'Yes' }).click()
  await question.getByText('Thank you').waitFor()
  const metrics = await (await fetch(`${server.origin}/metrics`)).text()
  expect(metrics).toContain('rekey_page_feedback_total{operationId="rotateWebhookSecret",helpful="yes"} 1\n')
  expect(errors).toEqual([])
})
