import { METHODS } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connectTo, rawRequest, type RawAnswer } from '../../support/raw-http.ts'
import { requestLines } from '../../support/request-lines.ts'
import { startServer } from '../../support/server.ts'

const notImplemented = {
  error: 'Not Implemented',
  message: 'Rekey does not implement this method, on any path.',
  code: 501,
}

/** Checks that a response is one of Rekey's errors. @returns its body */
function errorIn({ status, headers, body }: RawAnswer): unknown {
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/./),
  })
  expect(JSON.parse(body)).toMatchObject({ code: status })
  return JSON.parse(body)
}

test('every method that Node parses, other than CONNECT, returns 405 with Allow on a path that exists, and 404 elsewhere', async () => {
  const { origin } = await startServer()
  const connection = await connectTo(origin)
  for (const method of METHODS.filter((name) => !['GET', 'HEAD', 'CONNECT'].includes(name))) {
    connection.send(rawRequest(method, '/healthz'))
    const refused = await connection.answer()
    expect([method, refused.status, refused.headers['allow']]).toEqual([method, 405, 'GET, HEAD'])
    errorIn(refused)
    connection.send(rawRequest(method, '/nowhere'))
    expect([method, (await connection.answer()).status]).toEqual([method, 404])
  }
})

test.each([
  ['CONNECT rekey.test:443', 'CONNECT rekey.test:443 HTTP/1.1\r\nhost: rekey.test\r\n\r\n'],
  ['CONNECT with a path', rawRequest('CONNECT', '/healthz')],
  ['CONNECT with a body', rawRequest('CONNECT', 'rekey.test:443', { 'content-length': 5 }, 'hello')],
  ['CONNECT and data for the tunnel', rawRequest('CONNECT', 'rekey.test:443') + '\x16\x03\x01'.repeat(99)],
  ['an unknown method', rawRequest('BREW', '/coffee')],
  ['a method in lower case', rawRequest('get', '/healthz')],
])('%s returns 501, and the connection is closed without a reset', async (_, text) => {
  const { origin, logs } = await startServer()
  const connection = await connectTo(origin)
  const errors: unknown[] = []
  connection.socket.on('error', (error) => errors.push(error))
  connection.send(text)
  const answer = await connection.answer()
  expect(errorIn(answer)).toEqual(notImplemented)
  expect(answer.headers['connection']).toBe('close')
  expect(await connection.closed()).toBe('')
  expect(errors).toEqual([])
  const logged = () => logs.find(({ requestId }) => requestId === answer.headers['x-request-id'])
  await expect.poll(logged).toMatchObject({ level: 30, status: 501 })
})

test('requests before a CONNECT request on the same connection get their responses first', async () => {
  const server = await startServer()
  const connection = await connectTo(server.origin)
  const get = rawRequest('GET', '/readyz')
  connection.send(get + get + rawRequest('CONNECT', 'rekey.test:443') + get)
  for (const status of [200, 200, 501]) expect((await connection.answer()).status).toBe(status)
  expect(await connection.closed()).toBe('')
  await requestLines(server, 3)
})

test.each(['websocket', 'h2c'])('ignores the header `Upgrade: %s`, as HTTP allows', async (protocol) => {
  const connection = await connectTo((await startServer()).origin)
  const headers = { connection: 'upgrade, http2-settings', upgrade: protocol, 'http2-settings': 'AAMAAABk' }
  for (let i = 0; i < 2; i++) {
    connection.send(rawRequest('GET', '/healthz', headers))
    expect(await connection.answer()).toMatchObject({ status: 200, body: '{"status":"ok"}' })
  }
})

test('a request followed by bytes that are not HTTP gets its response, and then the connection closes', async () => {
  const connection = await connectTo((await startServer()).origin)
  connection.send(`${rawRequest('GET', '/readyz')}\0\x01garbage\r\n\r\n`)
  expect((await connection.answer()).status).toBe(200)
  expect(await connection.closed()).toBe('')
})

test('a client that sends a megabyte after bytes that are not HTTP still receives the error, without a reset', async () => {
  const connection = await connectTo((await startServer()).origin)
  const errors: unknown[] = []
  connection.socket.on('error', (error) => errors.push(error))
  connection.send('no HTTP at all\r\n\r\n' + 'x'.repeat(1_000_000))
  expect((await connection.answer()).status).toBe(400)
  expect(await connection.closed()).toBe('')
  expect(errors).toEqual([])
})

test('the server soon closes the connection of a client that keeps sending after the error', async () => {
  const { port } = new URL((await startServer()).origin)
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => {
    socket.destroy()
  })
  socket.on('error', () => undefined).resume()
  socket.write('no HTTP at all\r\n\r\n')
  const sending = setInterval(() => socket.write('x'), 10)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(sending)
})
