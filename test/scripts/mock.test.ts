import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPage } from '../support/browser.ts'
import { contractFaults } from '../support/contract.ts'
import { apiRoot, documentedOperations, exampleBody } from '../support/document.ts'
import { startPrism, type Prism } from '../support/prism.ts'
import { startHttpReceiver } from '../support/receivers.ts'

const api = apiRoot
const secret = '/applications/app_1/webhooks/hook_1/secret'

let mock: Prism
beforeAll(async () => {
  mock = await startPrism()
}, 60_000)
afterAll(() => mock.stop())

/** Sends a request to the mock. @returns the response without CORS headers, which the OpenAPI document omits */
async function call(method: string, path: string, headers: Record<string, string>, body?: unknown) {
  const response = await fetch(`${mock.origin}${api}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const headersOfMock = [...response.headers].filter(([name]) => !name.startsWith('access-control-'))
  const text = await response.text()
  return {
    status: response.status,
    headers: new Headers(headersOfMock),
    text,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  }
}

const authorization = 'Bearer any'

test.for(documentedOperations)(
  'the mock returns every documented status and example of $name',
  async (operation) => {
    const { method, path, responses } = operation
    const ask = (prefer: string) => call(method, path, { authorization, prefer }, exampleBody(operation))
    for (const [status, { content = {} }] of Object.entries(responses)) {
      const answer = await ask(`code=${status}`)
      expect(answer.status).toBe(Number(status))
      expect(contractFaults(method, path, answer), `faults of ${status}`).toEqual([])
      const examples = Object.entries(content['application/json']?.examples ?? {})
      expect(answer.body).toEqual(examples[0]?.[1].value)
      for (const [name, { value }] of examples)
        expect(await ask(`code=${status}, example=${name}`)).toMatchObject({
          status: Number(status),
          body: value,
        })
    }
  },
)

test('by default, the mock returns success only if the request has a token and follows the OpenAPI document', async () => {
  expect(await call('PATCH', secret, { authorization })).toMatchObject({ status: 200 })
  expect(await call('PATCH', secret, {})).toMatchObject({ status: 401, body: { error: 'Unauthorized' } })
  const webhook = '/applications/app_1/webhooks/hook_1'
  expect(await call('PUT', webhook, { authorization }, { url: 1 })).toMatchObject({ status: 400 })
  expect((await fetch(`${mock.origin}${secret}`, { method: 'PATCH' })).status).toBe(404)
})

test('a mocked rotation has no Idempotency-Replayed header, and a mocked conflict has no Retry-After header', async () => {
  const { headers } = await call('PATCH', secret, { authorization })
  expect(headers.get('idempotency-replayed')).toBeNull()
  expect(headers.get('etag')).toMatch(/^"key_/)
  const conflict = await call('PATCH', secret, { authorization, prefer: 'code=409' })
  expect([conflict.status, conflict.headers.get('retry-after')]).toEqual([409, null])
})

test("a front end on another origin can read the mock's responses and their headers", async (context) => {
  const site = await startHttpReceiver((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>a front end</title>')
  })
  const { page, errors } = await openPage(context)
  await page.goto(site.url)
  const ask = (prefer: string) =>
    page.evaluate(
      async ([url = '', preferred = '']) => {
        const response = await fetch(url, {
          method: 'PATCH',
          headers: {
            authorization: 'Bearer any',
            'content-type': 'application/json',
            'idempotency-key': 'of-the-page',
            prefer: preferred,
          },
          body: JSON.stringify({ overlapSeconds: 3600 }),
        })
        return { status: response.status, etag: response.headers.get('etag'), body: await response.json() }
      },
      [`${mock.origin}${api}${secret}`, prefer],
    )
  expect(await ask('code=200')).toEqual({
    status: 200,
    etag: '"key_4pQf0wJt0bqkq1uJp8wY2A"',
    body: { keyFingerprint: 'whsec_****b7d1', signingSecret: 'whsec_new_full_secret_value' },
  })
  expect(errors).toEqual([])
  expect(await ask('code=404')).toMatchObject({ status: 404, body: { error: 'Not Found' } })
})
