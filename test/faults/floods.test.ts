import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { main } from '../support/command.ts'
import { connectTo, rawRequest } from '../support/raw-http.ts'
import { serve, type ServerProcess } from '../support/serve.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startServer, temporaryFolder } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** Equals the limit in `src/http/limits/open-files.ts`. */
const maxConnections = 4_096

function startProcess(environment: Environment = {}, openFiles?: number): Promise<ServerProcess> {
  const production = { NODE_ENV: 'production', LOG_LEVEL: 'info' }
  const limited = openFiles === undefined ? [] : ['sh', '-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh']
  return serve(temporaryFolder(), { ...exampleEnvironment, ...production, ...environment }, [main], limited)
}

/** Opens connections in batches of up to 400, and sends `text` on every connection. */
async function open(origin: string, count: number, text = '', { reads = true } = {}): Promise<Socket[]> {
  const { hostname, port } = new URL(origin)
  const sockets: Socket[] = []
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(400, count - sockets.length) }, () => {
      const socket = connect({ host: hostname, port: Number(port) })
      // Ignores errors, because some tests expect the server to close these connections.
      socket.on('error', () => undefined)
      if (reads) socket.resume()
      return socket
    })
    sockets.push(...batch)
    await Promise.all(batch.map((socket) => once(socket, 'connect')))
    if (text !== '') for (const socket of batch) socket.write(text)
  }
  return sockets
}

async function expectToAnswer({ origin }: { origin: string }): Promise<void> {
  const headers = { authorization: `Bearer ${await token()}` }
  const answer = await fetch(`${origin}/api/v1/applications`, {
    headers,
    signal: AbortSignal.timeout(15_000),
  })
  expect(answer.status).toBe(200)
}

test(
  'the service stays responsive under 10,000 idle connections, and closes the ones that have been idle longest',
  { timeout: 60_000 },
  async () => {
    const server = await startProcess()
    const sockets = await open(server.origin, 10_000)
    await expectToAnswer(server)
    const isOpen = (socket: Socket) => !socket.destroyed
    await expect
      .poll(() => sockets.filter(isOpen).length, { timeout: 10_000 })
      .toBeLessThanOrEqual(maxConnections)
    expect(sockets.slice(0, 5_000).filter(isOpen)).toHaveLength(0)
    expect(sockets.slice(-1_000).filter(isOpen)).toHaveLength(1_000)
  },
)

/** Sends the requests one after the other from 127.0.0.2. @returns how long they took, in milliseconds */
async function askFromElsewhere(origin: string, requests: string[]): Promise<number> {
  const start = performance.now()
  const connection = await connectTo(origin, '127.0.0.2')
  for (const request of requests) {
    connection.send(request)
    expect((await connection.answer()).status).toBe(200)
  }
  connection.socket.destroy()
  return performance.now() - start
}

/** Checks that a caller from another address is always served, and usually within a second. */
async function expectUnharmed({ origin }: ServerProcess): Promise<void> {
  const authorization = `Bearer ${await token()}`
  const body = '{"payload":"{}"}'
  const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length }
  const requests = [
    rawRequest('GET', '/healthz'),
    rawRequest('GET', '/readyz'),
    rawRequest('POST', '/api/v1/applications/app_1/webhooks/hook_1/signatures', headers, body),
  ]
  const times: number[] = []
  while (times.length < 5) times.push(await askFromElsewhere(origin, requests))
  expect(times.sort((a, b) => a - b)[2]).toBeLessThan(1_000)
}

/** Starts a server with a webhook that has a secret. */
async function startWithWebhook(openFiles?: number): Promise<ServerProcess> {
  const server = await startProcess({}, openFiles)
  const application = '/api/v1/applications/app_1'
  await send(server, 'PUT', application, {})
  await send(server, 'PUT', `${application}/webhooks/hook_1`, { url: 'https://merchant.example' })
  await send(server, 'PATCH', `${application}/webhooks/hook_1/secret`, {})
  return server
}

async function send({ origin }: ServerProcess, method: string, path: string, body: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' }
  const response = await fetch(origin + path, { method, headers, body: JSON.stringify(body) })
  expect(response.ok).toBe(true)
}

test.each([
  ['the headers', () => 'GET /api/v1/applications HTTP/1.1\r\nhost: rekey.test\r\n'],
  ['the body of a request without a token', () => halfAnUpload({})],
  [
    'the body of a request with a token',
    async () => halfAnUpload({ authorization: `Bearer ${await token()}` }),
  ],
])(
  'every address is served while one of them opens more connections than the process can hold and never finishes sending %s',
  { timeout: 60_000 },
  async (_, unfinished) => {
    const server = await startWithWebhook(200)
    const sockets = await open(server.origin, 300, await unfinished())
    await expectUnharmed(server)
    await expectToAnswer(server)
    expect(sockets.filter((socket) => !socket.destroyed).length).toBeGreaterThan(0)
    const metrics = await (await fetch(`${server.origin}/metrics`)).text()
    expect(metrics).toMatch(/^rekey_connections_cut_total\{limit="connections"\} \d+$/m)
    expect(server.errors()).toBe('')
  },
)

function halfAnUpload(headers: Record<string, string>): string {
  const upload = { 'content-type': 'application/json', 'content-length': 100, ...headers }
  return rawRequest('PUT', '/api/v1/applications/app_2', upload, '{"name":"')
}

test(
  'other callers are served and memory stays bounded while 200 connections pipeline requests for long lists and read no responses',
  { timeout: 60_000 },
  async () => {
    const server = await startWithWebhook()
    const url = `https://merchant.example/${'x'.repeat(2_000)}`
    const description = '\u20ac'.repeat(500)
    const webhooks = '/api/v1/applications/app_1/webhooks'
    for (let i = 0; i < 100; i++) await send(server, 'PUT', `${webhooks}/long_${i}`, { url, description })
    const before = residentMiB(server)
    const list = rawRequest('GET', `${webhooks}?limit=100`, { authorization: `Bearer ${await token()}` })
    const sockets = await open(server.origin, 200, list.repeat(8), { reads: false })
    await expectUnharmed(server)
    expect(residentMiB(server) - before).toBeLessThan(200)
    for (const socket of sockets) socket.destroy()
  },
)

test(
  'memory stays bounded while large, unfinished request bodies time out one after another',
  { timeout: 60_000 },
  async () => {
    const server = await startProcess({ REKEY_REQUEST_TIMEOUT_MS: '1000' })
    const headers = {
      authorization: `Bearer ${await token()}`,
      'content-type': 'application/json',
      'content-length': 6_800_000,
    }
    const path = '/api/v1/applications/app_1/webhooks/hook_1/signatures'
    const unfinished = rawRequest('POST', path, headers, `{"payload":"${'x'.repeat(6_700_000)}`)
    const before = residentMiB(server)
    const statuses: Promise<number>[] = []
    for (let i = 0; i < 70; i++) {
      const connection = await connectTo(server.origin)
      connection.send(unfinished)
      statuses.push(connection.answer().then(({ status }) => status))
      await delay(20)
    }
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([504]))
    await delay(300)
    expect(residentMiB(server) - before).toBeLessThan(320)
  },
)

/** Returns the process's resident memory in MiB, or 0 on systems other than Linux. */
function residentMiB({ pid }: ServerProcess): number {
  const status = existsSync('/proc/self/status') ? readFileSync(`/proc/${pid}/status`, 'utf8') : ''
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024
}

test(
  'if the headers take longer than 10 seconds to arrive, the server responds with 408 and closes the connection',
  { timeout: 60_000 },
  async () => {
    const { origin } = await startServer()
    const slow = await connectTo(origin)
    const silent = await connectTo(origin)
    slow.send('GET /healthz HTTP/1.1\r\nhost: rekey.test\r\n')
    const trickle = setInterval(() => {
      slow.send('x-more: 1\r\n')
    }, 1_000)
    onTestFinished(() => {
      clearInterval(trickle)
    })
    await Promise.all([slow, silent].map((connection) => connection.closed(15_000)))
    clearInterval(trickle)
    expect(await slow.answer()).toMatchObject({
      status: 408,
      body: '{"error":"Request Timeout","message":"The request took too long to arrive","code":408}',
    })
  },
)
