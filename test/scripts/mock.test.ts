import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import document from '../../generated/openapi.json' with { type: 'json' }
import { fingerprint, type SigningSecret } from '../../src/domain/signing-secret.ts'
import { contractFaults } from '../support/contract.ts'
import { apiRoot, documentedOperations, exampleBody } from '../support/document.ts'
import { mockCommand, mockedExample, startMock, type Mock } from '../support/mock.ts'

const api = apiRoot
const secret = '/applications/app_1/webhooks/hook_1/secret'

let mock: Mock
beforeAll(async () => {
  mock = await startMock()
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
      expect(answer.body).toEqual(mockedExample(examples[0]?.[1].value))
      for (const [name, { value }] of examples)
        expect(await ask(`code=${status}, example=${name}`)).toMatchObject({
          status: Number(status),
          body: mockedExample(value),
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

test('the mocked secret works with a Standard Webhooks library and has the documented fingerprint; the document keeps its own example', async () => {
  const { text } = await call('PATCH', secret, { authorization })
  const { signingSecret, keyFingerprint } = JSON.parse(text) as Record<string, string>
  const webhook = new Webhook(signingSecret ?? '')
  const now = new Date()
  const signature = webhook.sign('msg_1', now, '{}')
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
    'webhook-signature': signature,
  }
  expect(webhook.verify('{}', headers)).toEqual({})
  expect(fingerprint(signingSecret as SigningSecret).short).toBe(keyFingerprint)
  expect(JSON.stringify(document.paths)).toContain('"signingSecret":"whsec_new_full_secret_value"')
})

test('with --dynamic and --seed, two mocks generate the same responses from the schemas', async () => {
  const states = await Promise.all(
    ['one', 'one'].map(async (seed) => {
      const { origin, stop } = await startMock('--dynamic', '--errors', '--seed', seed)
      onTestFinished(async () => {
        await stop()
      })
      const response = await fetch(`${origin}${api}${secret}`, { headers: { authorization } })
      expect(response.status).toBe(200)
      return response.text()
    }),
  )
  expect(states[0]).not.toContain('ops@platform.example')
  expect(states[1]).toBe(states[0])
})

test('with --delay, the mock waits before handling a request', async () => {
  const { origin, stop } = await startMock('--delay', '700')
  onTestFinished(async () => {
    await stop()
  })
  const start = performance.now()
  expect((await fetch(`${origin}${api}${secret}`, { headers: { authorization } })).status).toBe(200)
  expect(performance.now() - start).toBeGreaterThan(690)
})

test('--help prints every option and the npm command', async () => {
  const { stdout } = await mockCommand('--help')
  expect(stdout).toMatch(/^Usage: npm run mock -- \[options\]/)
  const named = [...stdout.matchAll(/^ {2}(--\w+)/gm)].map(([, name]) => name)
  expect(named).toEqual(
    expect.arrayContaining(['--port', '--host', '--delay', '--seed', '--dynamic', '--errors', '--proxy']),
  )
  expect(named).toEqual(expect.arrayContaining(['--stateful', '--clock', '--help']))
})

test.for([
  [['--port', 'many'], '--port must be a whole number from 0 to 65535'],
  [['--delay', '-1'], '--delay'],
  [['--clock', '60x'], '--clock needs --stateful'],
  [['--stateful', '--clock', 'fast'], '--clock must be a factor such as 60x'],
  [['--stateful', '--dynamic'], '--stateful and --dynamic are mutually exclusive'],
  [['--proxy', 'http://127.0.0.1:1', '--seed', '1'], '--proxy and --seed are mutually exclusive'],
  [['--unknown'], "Unknown option '--unknown'"],
] as const)('rejects the options %j before it starts anything', async ([args, message]) => {
  const { code, stderr } = await mockCommand(...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
