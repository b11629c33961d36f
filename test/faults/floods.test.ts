import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { connectTo, rawRequest } from '../support/raw-http.ts'
import { serve, type ServerProcess } from '../support/serve.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startServer, temporaryFolder } from '../support/server.ts'
import { token } from '../support/tokens.ts'

/** The server's limit on open connections. */
const maxConnections = 4_096
function startProcess(environment: Environment = {}): Promise<ServerProcess> {
  const production = { NODE_ENV: 'production', LOG_LEVEL: 'info' }
  return serve(temporaryFolder(), { ...exampleEnvironment, ...production, ...environment })
}

/** Opens connections in batches of up to 400, and sends `text` on each. */
async function open(origin: string, count: number, text = ''): Promise<Socket[]> {
  const { hostname, port } = new URL(origin)
  const sockets: Socket[] = []
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(400, count - sockets.length) }, () => {
      const socket = connect({ host: hostname, port: Number(port) })
      // Ignores errors, because some tests expect the server to close these connections.
      socket.on('error', () => undefined).resume()
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

test(
  'the service stays responsive under 5,000 connections that never finish their headers',
  { timeout: 60_000 },
  async () => {
    const server = await startProcess()
    await open(server.origin, 5_000, 'GET /api/v1/applications HTTP/1.1\r\nhost: rekey.test\r\n')
    await expectToAnswer(server)
  },
)

test(
  'a connection with a running or recent request is not closed to make room for others',
  { timeout: 60_000 },
  async () => {
    // Gives even a busy machine time to open all connections before the request times out.
    const server = await startProcess({ REKEY_REQUEST_TIMEOUT_MS: '60000' })
    const busy = await connectTo(server.origin)
    const used = await connectTo(server.origin)
    used.send(rawRequest('GET', '/healthz'))
    expect((await used.answer()).status).toBe(200)
    const authorization = `Bearer ${await token()}`
    const body = '{"name":"busy"}'
    const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length }
    busy.send(rawRequest('PUT', '/api/v1/applications/app_1', headers, body.slice(0, 5)))
    const sockets = await open(server.origin, maxConnections - 100)
    used.send(rawRequest('GET', '/healthz'))
    expect((await used.answer()).status).toBe(200)
    await open(server.origin, 1_000)
    const isClosed = (socket: Socket) => socket.destroyed
    await expect.poll(() => sockets.filter(isClosed).length, { timeout: 10_000 }).toBeGreaterThan(800)
    used.send(rawRequest('GET', '/healthz'))
    expect((await used.answer()).status).toBe(200)
    busy.send(body.slice(5))
    expect((await busy.answer()).status).toBe(201)
  },
)

test(
  'if the headers take longer than 10 seconds, the server responds with 408 and closes the connection',
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
