import { describe, expect, test, type TestContext } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { startHttpReceiver } from '../support/receivers.ts'
import {
  startReverseProxy,
  type ProxyAnswer,
  type ProxyName,
  type RunningProxy,
} from '../support/reverse-proxy.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { serve } from '../support/serve.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import { tokenOfLength } from '../support/tokens.ts'
import { needsTools } from '../support/tools.ts'

const secret = '/api/v1/applications/app_1/webhooks/hook_1/secret'
const signatures = '/api/v1/applications/app_1/webhooks/hook_1/signatures'

async function twoInstances(environment: Environment = {}): Promise<[TestServer, TestServer]> {
  const first = await startServer({ environment })
  await provision(first)
  return [first, await startServer({ beside: first, environment })]
}

function answered({ logs }: TestServer, operationId: string): number {
  return logs.filter((line) => line['operationId'] === operationId).length
}

async function startBoth(
  context: TestContext,
  name: ProxyName,
  environment?: Environment,
): Promise<RunningProxy & { instances: [TestServer, TestServer] }> {
  needsTools(context, name)
  const instances = await twoInstances(environment)
  const [first, second] = instances
  return { ...(await startReverseProxy(name, [first.origin, second.origin])), instances }
}

describe.each<ProxyName>(['nginx', 'caddy'])('behind %s, configured by the file in deploy/', (name) => {
  test('rotations reach both instances and continue when one of them stops', async (context) => {
    const { through, instances } = await startBoth(context, name)
    const rotate = async (options = {}) => {
      const { status, text } = await through('PATCH', secret, options)
      expect([status, text]).toEqual([200, expect.stringContaining('whsec_')])
    }
    // Caddy picks an instance at random, so a few requests could all reach the same one.
    for (let i = 0; i < 20; i++) await rotate({ body: { overlapSeconds: 0 } })
    for (const instance of instances)
      await expect.poll(() => answered(instance, 'rotateWebhookSecret')).toBeGreaterThan(0)
    await instances[0].close()
    for (let i = 0; i < 4; i++) await rotate()
    const { body } = await instances[1].api('GET', '/applications/app_1/webhooks/hook_1')
    expect(body.liveKeys).toBe(5)
  })

  test('after an instance is killed, requests succeed on the other instance', async (context) => {
    needsTools(context, name)
    const surviving = await startServer()
    await provision(surviving)
    const environment = { ...exampleEnvironment, DATABASE_URL: surviving.databaseUrl }
    const killed = await serve(surviving.folder, environment)
    const { through } = await startReverseProxy(name, [surviving.origin, killed.origin])
    const times = (count: number, request: () => Promise<ProxyAnswer>) =>
      Promise.all(Array.from({ length: count }, async () => (await request()).status))
    expect(await times(4, () => through('PATCH', secret))).toEqual([200, 200, 200, 200])
    await killed.stop('SIGKILL')
    expect(await times(20, () => through('GET', secret))).toEqual(Array(20).fill(200))
    expect(await times(4, () => through('PATCH', secret))).toEqual([200, 200, 200, 200])
    // Caddy does not retry a request with a body, even if the request reached no instance. Such requests may fail until
    // the next check of /readyz.
    const sign = () => through('POST', signatures, { body: { payload: '{}' } })
    if (name === 'caddy') await expect.poll(() => times(4, sign)).toEqual([200, 200, 200, 200])
    expect(await times(20, sign)).toEqual(Array(20).fill(200))
  })

  test('the proxy does not resend a rotation whose response is lost', async (context) => {
    needsTools(context, name)
    let rotations = 0
    const losesRotations = () =>
      startHttpReceiver((request, response) => {
        if (request.method !== 'PATCH') return response.end()
        rotations += 1
        request.socket.destroy()
      })
    const [first, second] = [await losesRotations(), await losesRotations()]
    const { through } = await startReverseProxy(name, [first.url, second.url])
    expect((await through('PATCH', secret)).status).toBe(502)
    expect(rotations).toBe(1)
  })

  test('the proxy keeps sending requests to instances after they drop connections without a response', async (context) => {
    needsTools(context, name)
    const closes = () =>
      startHttpReceiver((request, response) => {
        if (request.method === 'PATCH') request.socket.destroy()
        else response.end()
      })
    const [first, second] = [await closes(), await closes()]
    const { through } = await startReverseProxy(name, [first.url, second.url])
    const statuses = async (method: string) => {
      const responses = Array.from({ length: 8 }, () => through(method, secret))
      return (await Promise.all(responses)).map(({ status }) => status)
    }
    expect(await statuses('PATCH')).toEqual(Array(8).fill(502))
    expect(await statuses('GET')).toEqual(Array(8).fill(200))
  })

  test('the proxy forwards a 1 MiB payload in base64, and Rekey itself rejects larger payloads', async (context) => {
    const { through } = await startBoth(context, name)
    expect((await through('PATCH', secret)).status).toBe(200)
    const sign = (bytes: number) =>
      through('POST', signatures, {
        body: { payload: Buffer.alloc(bytes).toString('base64'), payloadEncoding: 'base64' },
      })
    expect((await sign(1_048_576)).status).toBe(200)
    const tooLarge = await sign(5_500_000)
    expect([tooLarge.status, JSON.parse(tooLarge.text)]).toEqual([
      413,
      expect.objectContaining({ code: 413 }),
    ])
  })

  test('through the proxy, Rekey accepts a token of 16 KiB, and headers of about 32 KiB are rejected', async (context) => {
    const { through } = await startBoth(context, name)
    const long = await tokenOfLength(16_384)
    expect((await through('GET', '/api/v1/applications', { token: long })).status).toBe(200)
    const tooLong = (length: number) =>
      through('GET', '/api/v1/applications', { headers: { 'x-long': 'x'.repeat(length) } })
    expect((await tooLong(32_768)).status).toBe(name === 'nginx' ? 400 : 431)
    expect((await tooLong(32_600)).status).toBe(431)
  })

  test('the proxy passes ETags on unchanged, even if the client accepts gzip', async (context) => {
    const { through } = await startBoth(context, name)
    await through('PATCH', secret)
    const { headers } = await through('GET', secret, { headers: { 'accept-encoding': 'gzip' } })
    expect(headers.etag).toMatch(/^"key_/)
    const rotate = () => through('PATCH', secret, { headers: { 'if-match': String(headers.etag) } })
    expect([(await rotate()).status, (await rotate()).status]).toEqual([200, 412])
  })

  test('failed authentications are counted by client address, even if a client changes its X-Forwarded-For and Forwarded headers', async (context) => {
    const { through } = await startBoth(context, name, {
      REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '2',
      REKEY_TRUSTED_PROXIES: '127.0.0.1',
    })
    let attempts = 0
    const guess = async (from: string) => {
      const spoofed = `203.0.113.${attempts++}`
      const headers = { 'x-forwarded-for': spoofed, forwarded: `for=${spoofed}` }
      return (await through('GET', secret, { token: null, headers, from })).status
    }
    const statuses = []
    for (let i = 0; i < 8; i++) statuses.push(await guess('127.0.0.2'))
    expect(statuses.slice(0, 2)).toEqual([401, 401])
    expect(statuses.slice(6)).toEqual([429, 429])
    expect([await guess('127.0.0.3'), await guess('127.0.0.3')]).toEqual([401, 401])
  })

  test('the proxy returns 404 for /metrics', async (context) => {
    const { through } = await startBoth(context, name)
    expect((await through('GET', '/metrics')).status).toBe(404)
  })
})
