import { expect, onTestFinished, test } from 'vitest'
import { connectTo, rawRequest, type RawConnection } from '../../support/raw-http.ts'
import { provision, startServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

const requestTimeoutMs = 300
const environment = { REKEY_REQUEST_TIMEOUT_MS: String(requestTimeoutMs) }
const json = 'application/json'

/** Sends the byte repeatedly, often enough that the connection is never idle. */
function dribble({ socket }: RawConnection, byte: string): void {
  const timer = setInterval(() => socket.write(byte), 20)
  const stop = () => {
    clearInterval(timer)
  }
  socket.once('close', stop)
  onTestFinished(stop)
}

const tooLate = {
  error: 'Request Timeout',
  message: 'The request took too long to arrive',
  code: 408,
}

test('a connection that sends no request receives a 408 response and is closed', async () => {
  const connection = await connectTo((await startServer({ environment })).origin)
  const { status, body } = await connection.answer()
  expect([status, JSON.parse(body)]).toEqual([408, tooLate])
  expect(await connection.closed()).toBe('')
})

test('a request whose head arrives byte by byte returns 408 at the timeout', async () => {
  const connection = await connectTo((await startServer({ environment })).origin)
  connection.send('GET /healthz HTTP/1.1\r\nHost: rekey.test\r\nX-Slow: ')
  dribble(connection, 'x')
  const { status, body } = await connection.answer()
  expect([status, JSON.parse(body)]).toEqual([408, tooLate])
  await connection.closed()
})

test('a request whose body arrives byte by byte returns 504 at the timeout and changes nothing', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const impatient = await startServer({ environment, beside: server })
  const connection = await connectTo(impatient.origin)
  const headers = { authorization: `Bearer ${await token()}`, 'content-type': json, 'content-length': 60_000 }
  connection.send(rawRequest('PATCH', `/api/v1${webhook}/secret`, headers, '{"reason": "'))
  dribble(connection, 'x')
  expect((await connection.answer()).status).toBe(504)
  expect(await connection.closed()).toBe('')
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(0)
})

test('a slow body that the server does not read does not keep the connection open', async () => {
  const connection = await connectTo((await startServer({ environment })).origin)
  connection.send(rawRequest('GET', '/healthz', { 'content-length': 60_000 }, 'x'))
  dribble(connection, 'x')
  expect((await connection.answer()).status).toBe(200)
  expect(await connection.closed()).toBe('')
})

function isAnswered({ answered }: Record<string, unknown>): boolean {
  return answered === true
}

test('disconnects a client that does not read its responses, and keeps serving other clients', async () => {
  const server = await startServer({ environment })
  const connection = await connectTo(server.origin)
  connection.socket.pause()
  const isCutOff = () => server.logs.some(({ answered }) => answered === false)
  // The kernel buffers several megabytes of responses before the client has to read any.
  for (let sent = 5; !isCutOff() && sent <= 500; sent += 5) {
    connection.send(rawRequest('GET', '/openapi.json').repeat(5))
    const isMet = () => isCutOff() || server.logs.filter(isAnswered).length >= sent
    await expect.poll(isMet, { timeout: 10_000 }).toBe(true)
  }
  expect(isCutOff()).toBe(true)
  expect((await server.api('GET', '/applications')).status).toBe(200)
})
