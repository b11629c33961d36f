import { expect, test, vi } from 'vitest'
import { createClient, type ClientOptions } from '../../src/client/client.ts'
import { startLossyProxy, type Fate } from '../support/lossy-proxy.ts'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

const params = { path: { applicationId: 'app_1', webhookId: 'hook_1' } }
const secretPath = '/applications/{applicationId}/webhooks/{webhookId}/secret'

/** Provisions a webhook, and connects a client through a proxy. Each fate applies to one response, in order. */
async function connect(options: Partial<ClientOptions>, ...fates: Fate[]) {
  const server = await startServer()
  await provision(server)
  const proxy = await startLossyProxy(server.origin, ...fates)
  const rekey = createClient({ baseUrl: proxy.origin, token: await token(), ...options })
  return { proxy, rekey }
}

test('sends every attempt with the given fetch, as a URL and plain options', async () => {
  const given = vi.fn((url: string, init: RequestInit) => fetch(url, init))
  const { proxy, rekey } = await connect({ fetch: given }, 'dropped')
  await rekey.PATCH(secretPath, { params, body: { reason: 'test' } })
  expect(given).toHaveBeenCalledTimes(2)
  for (const [url, init] of given.mock.calls) {
    expect(url).toBe(`${proxy.origin}/api/v1/applications/app_1/webhooks/hook_1/secret`)
    expect(init).toMatchObject({ method: 'PATCH', body: '{"reason":"test"}' })
  }
})

test('uses a global fetch that was replaced after the client was created', async () => {
  const { rekey } = await connect({})
  vi.spyOn(globalThis, 'fetch').mockRejectedValueOnce(new Error('replaced'))
  await expect(rekey.DELETE(`${secretPath}/previous`, { params })).rejects.toThrow('replaced')
  vi.restoreAllMocks()
})

test("sends the client's headers with every request; a call's headers win, and Authorization is the token", async () => {
  const headers = { 'X-Request-Id': 'of-client', 'X-Gateway-Key': 'gateway', Authorization: 'Basic none' }
  const { proxy, rekey } = await connect({ headers })
  await rekey.GET(secretPath, { params })
  const { response } = await rekey.PATCH(secretPath, { params, headers: { 'X-Request-Id': 'of-call' } })
  expect(response.headers.get('x-request-id')).toBe('of-call')
  const sent = proxy.exchanges.map((exchange) => exchange.headers)
  expect(sent).toMatchObject([
    { 'x-request-id': 'of-client', 'x-gateway-key': 'gateway' },
    { 'x-request-id': 'of-call', 'x-gateway-key': 'gateway' },
  ])
  for (const { authorization } of sent) expect(authorization).toMatch(/^Bearer /)
})

test('a call that gets no response within the timeout rejects with a TimeoutError', async () => {
  const { proxy, rekey } = await connect({ timeout: 200 }, 'held')
  await expect(rekey.DELETE(`${secretPath}/previous`, { params })).rejects.toMatchObject({
    name: 'TimeoutError',
    message: 'There was no response within 200 ms',
  })
  expect(proxy.exchanges).toHaveLength(1)
})

test.for([0, -1, 90_001, Number.NaN, Infinity])('refuses a timeout of %s ms', (timeout) => {
  expect(() => createClient({ baseUrl: 'http://127.0.0.1', token: '', timeout })).toThrow(
    new RangeError(`timeout must be from 1 to 90000 milliseconds, not ${timeout}`),
  )
})

test("aborting the client's signal rejects its running calls and every later one", async () => {
  const controller = new AbortController()
  const { proxy, rekey } = await connect({ signal: controller.signal }, 'held', 'held')
  const calls = [rekey.GET(secretPath, { params }), rekey.PATCH(secretPath, { params })]
  const ended = Promise.all(calls.map((call) => expect(call).rejects.toBe('the program ends')))
  await expect.poll(() => proxy.exchanges.length, { timeout: 5_000 }).toBe(2)
  controller.abort('the program ends')
  await ended
  await expect(rekey.GET(secretPath, { params })).rejects.toBe('the program ends')
  expect(proxy.exchanges).toHaveLength(2)
})

test("leaves no listener on the client's signal when a call ends", async () => {
  const { signal } = new AbortController()
  const add = vi.spyOn(signal, 'addEventListener')
  const remove = vi.spyOn(signal, 'removeEventListener')
  const { rekey } = await connect({ signal }, 502)
  await rekey.GET(secretPath, { params })
  expect(add).toHaveBeenCalled()
  expect(remove.mock.calls).toEqual(add.mock.calls)
})
