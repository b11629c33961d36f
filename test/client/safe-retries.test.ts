import { afterEach, expect, test, vi } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { startLossyProxy, type Fate, type LossyProxy } from '../support/lossy-proxy.ts'
import { holdWrites } from '../support/database.ts'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

const params = { path: { applicationId: 'app_1', webhookId: 'hook_1' } }
const webhookPath = '/applications/{applicationId}/webhooks/{webhookId}'
const secretPath = '/applications/{applicationId}/webhooks/{webhookId}/secret'

afterEach(() => vi.restoreAllMocks())

/** Provisions a webhook, and connects a client through a lossy proxy. Each fate applies to one response, in order. */
async function lossyClient(...fates: Fate[]) {
  const server = await startServer()
  const webhook = await provision(server)
  const proxy = await startLossyProxy(server.origin, ...fates)
  const rekey = createClient({ baseUrl: proxy.origin, token: await token() })
  const liveKeys = async () => (await server.api('GET', webhook)).body.liveKeys
  return { server, proxy, rekey, liveKeys }
}

function sentKeys({ exchanges }: LossyProxy) {
  return exchanges.map(({ headers }) => headers['idempotency-key'])
}

// Math.random returns this value, which makes the client's waits recognizable among other timers.
const random = 0.001
const shortestWaits = [500, 1_000, 2_000, 4_000, 8_000].map((ms) => ms * (0.75 + random / 4))

/** Multiplies the client's waits between retries. @returns a growing list of the original waits, in milliseconds */
function stretchWaits(factor: number): number[] {
  const waits: number[] = []
  const { setTimeout: real } = globalThis
  vi.spyOn(Math, 'random').mockReturnValue(random)
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run, ms = 0, ...args) => {
    if (!shortestWaits.includes(ms)) return real(run, ms, ...args)
    waits.push(ms)
    return real(run, ms * factor)
  })
  return waits
}

test.for<Fate>(['dropped', 'cut', 500, 502, 503, 504])(
  'a rotation whose response is lost twice (%s) runs once and returns the first secret',
  async (fate) => {
    const { proxy, rekey, liveKeys } = await lossyClient(fate, fate)
    const { data, response } = await rekey.PATCH(secretPath, { params, body: { reason: 'test' } })
    const [first, ...others] = proxy.exchanges
    expect(data).toEqual(JSON.parse(first?.body ?? ''))
    expect(others.map(({ body }) => body)).toEqual([first?.body, first?.body])
    expect(response.headers.get('idempotency-replayed')).toBe('true')
    expect(new Set(sentKeys(proxy)).size).toBe(1)
    expect(await liveKeys()).toBe(1)
  },
)

test('sends a different Idempotency-Key with each rotation', async () => {
  const { proxy, rekey, liveKeys } = await lossyClient()
  await rekey.PATCH(secretPath, { params })
  await rekey.PATCH(secretPath, { params })
  expect(new Set(sentKeys(proxy)).size).toBe(2)
  expect(await liveKeys()).toBe(2)
})

test("sends the caller's own Idempotency-Key unchanged, from params or from headers", async () => {
  const { proxy, rekey, liveKeys } = await lossyClient('dropped')
  const header = { 'Idempotency-Key': '"order 66"' }
  const { data: first } = await rekey.PATCH(secretPath, { params: { ...params, header } })
  const { data: second } = await rekey.PATCH(secretPath, { params, headers: header })
  expect(second).toEqual(first)
  expect(sentKeys(proxy)).toEqual(['"order 66"', '"order 66"', '"order 66"'])
  expect(await liveKeys()).toBe(1)
})

test('retries a 409 until the running rotation with the same Idempotency-Key finishes', async () => {
  const { server, proxy, rekey, liveKeys } = await lossyClient()
  const letGo = await holdWrites(server.databaseUrl, params.path)
  const header = { 'Idempotency-Key': 'one' }
  const rotate = () => rekey.PATCH(secretPath, { params: { ...params, header } })
  const both = Promise.all([rotate(), rotate()])
  await expect.poll(() => proxy.exchanges.map(({ status }) => status), { timeout: 5_000 }).toEqual([409])
  await letGo()
  const [one, other] = await both
  expect(one.data).toEqual(other.data)
  expect(await liveKeys()).toBe(1)
})

test('does not retry a 409 for too many live keys, which a retry cannot resolve', async () => {
  const { proxy, rekey } = await lossyClient()
  for (let key = 0; key < 10; key++) await rekey.PATCH(secretPath, { params })
  await expect(rekey.PATCH(secretPath, { params })).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining('10 live keys'),
  })
  expect(proxy.exchanges).toHaveLength(11)
})

test.for<Fate>(['dropped', 'cut', 502, 503, 504])(
  'retries a read-only call until its response arrives (%s)',
  async (fate) => {
    stretchWaits(0.01)
    const { server, proxy, rekey } = await lossyClient(
      ...Array.from({ length: 8 }, (_, i) => (i % 2 ? 'arrives' : fate)),
    )
    await server.api('PATCH', '/applications/app_1/webhooks/hook_1/secret')
    const body = { payload: '{}' }
    const { data: state } = await rekey.GET(secretPath, { params })
    const { data: signed } = await rekey.POST(`${webhookPath}/signatures`, { params, body })
    const fanOut = { ...body, webhookIds: ['hook_1'] }
    const { data: many } = await rekey.POST('/applications/{applicationId}/signatures', {
      params,
      body: fanOut,
    })
    expect(many.items).toMatchObject([{ webhookId: 'hook_1', headers: expect.any(Object) }])
    const message = { ...body, ...signed }
    const { data } = await rekey.POST(`${webhookPath}/signatures/verify`, { params, body: message })
    expect(data).toMatchObject({ valid: true, keyFingerprint: state.current?.keyFingerprint })
    expect(proxy.exchanges.map(({ method }) => method)).toEqual([
      ...Array(2).fill('GET'),
      ...Array(6).fill('POST'),
    ])
    expect(sentKeys(proxy)).toEqual(proxy.exchanges.map(() => undefined))
  },
)

test.for<Fate>([500, 429])('does not retry a read-only call after a %s', async (fate) => {
  const { proxy, rekey } = await lossyClient(fate)
  await expect(rekey.GET(secretPath, { params })).rejects.toMatchObject({ status: fate })
  expect(proxy.exchanges).toHaveLength(1)
})

test.for<Record<string, string>>([{}, { 'Idempotency-Key': 'one' }])(
  'never retries a write other than a rotation, even if the response is lost (headers %o)',
  async (headers) => {
    const { proxy, rekey } = await lossyClient('dropped', 502, 504, 'cut')
    const calls = [
      () => rekey.PUT(webhookPath, { params, headers, body: { url: 'https://merchant.example/other' } }),
      () => rekey.POST(`${webhookPath}/probes`, { params, headers }),
      () => rekey.DELETE(`${secretPath}/previous`, { params, headers }),
      () => rekey.DELETE(webhookPath, { params, headers }),
    ]
    for (const call of calls) await expect(call()).rejects.toThrow()
    expect(proxy.exchanges.map(({ method }) => method)).toEqual(['PUT', 'POST', 'DELETE', 'DELETE'])
    // The server ignores the key of all calls but rotations.
    expect(sentKeys(proxy)).toEqual(calls.map(() => headers['Idempotency-Key']))
  },
)

test.for<[Fate, object]>([
  [504, { name: 'RekeyApiError', status: 504 }],
  ['dropped', { name: 'TypeError' }],
])(
  'if every response is lost (%s), a rotation fails after five retries spread over more than 10 seconds',
  async ([fate, error]) => {
    const waits = stretchWaits(0.01)
    const { proxy, rekey, liveKeys } = await lossyClient(fate, fate, fate, fate, fate, fate)
    await expect(rekey.PATCH(secretPath, { params })).rejects.toMatchObject(error)
    expect(proxy.exchanges).toHaveLength(6)
    expect(waits).toEqual(shortestWaits)
    expect(waits.reduce((sum, ms) => sum + ms)).toBeGreaterThan(10_000)
    expect(await liveKeys()).toBe(1)
  },
)

test('retries a rotation after 30 seconds without a response', async () => {
  const { setTimeout: real } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run, ms = 0, ...args) =>
    real(run, ms === 30_000 ? 300 : ms, ...args),
  )
  const { proxy, rekey } = await lossyClient('held')
  const { data } = await rekey.PATCH(secretPath, { params })
  expect(data).toEqual(JSON.parse(proxy.exchanges[0]?.body ?? ''))
  expect(proxy.exchanges).toHaveLength(2)
})

test.for<Fate>(['held', 'dropped'])(
  "if the caller's signal aborts during a request or before a retry, the call rejects immediately (response %s)",
  async (fate) => {
    stretchWaits(100)
    const { proxy, rekey } = await lossyClient(fate)
    const controller = new AbortController()
    const call = rekey.PATCH(secretPath, { params, signal: controller.signal })
    const ended = expect(call).rejects.toBe('enough')
    await expect.poll(() => proxy.exchanges.length, { timeout: 5_000, interval: 5 }).toBe(1)
    controller.abort('enough')
    await ended
    expect(proxy.exchanges).toHaveLength(1)
  },
)
