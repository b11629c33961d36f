import { expect, test } from 'vitest'
import { connectTo, rawRequest, type RawConnection } from '../../support/raw-http.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'
import { token } from '../../support/tokens.ts'

async function prepare(): Promise<{
  server: TestServer
  connection: RawConnection
  rotation: (headers: Record<string, string | number>, body: string) => string
  keys: () => Promise<number>
}> {
  const server = await startServer()
  const webhook = await provision(server)
  const authorization = `Bearer ${await token()}`
  return {
    server,
    connection: await connectTo(server.origin),
    rotation: (headers, body) =>
      rawRequest(
        'PATCH',
        `/api/v1${webhook}/secret`,
        { authorization, 'content-type': 'application/json', ...headers },
        body,
      ),
    keys: async () => (await server.api('GET', webhook)).body.liveKeys,
  }
}

test('a request whose body is shorter than its Content-Length changes nothing', async () => {
  const { connection, rotation, keys } = await prepare()
  connection.send(rotation({ 'content-length': 50 }, '{}'))
  connection.socket.end()
  await connection.closed()
  expect(await keys()).toBe(0)
})

test('bytes beyond the Content-Length are not read as part of the body, and the server closes the connection', async () => {
  const { connection, rotation, keys } = await prepare()
  connection.send(rotation({ 'content-length': 2 }, '{"overlapSeconds": 0}'))
  await connection.closed()
  expect(await keys()).toBe(0)
})

test('a request with Content-Length and chunked coding returns 400, because the end of its body is ambiguous', async () => {
  const { connection, rotation, keys } = await prepare()
  const headers = { 'content-length': 4, 'transfer-encoding': 'chunked' }
  connection.send(rotation(headers, '2\r\n{}\r\n0\r\n\r\n'))
  expect((await connection.answer()).status).toBe(400)
  expect(await keys()).toBe(0)
})

test('a request with a malformed chunk changes nothing, and the server closes the connection', async () => {
  const { connection, rotation, keys } = await prepare()
  connection.send(rotation({ 'transfer-encoding': 'chunked' }, '2\r\n{}\r\nno length\r\n'))
  await connection.closed()
  expect(await keys()).toBe(0)
})

test.each([2 ** 31, 2 ** 32 + 2, 999_999_999_999])(
  'a request with a Content-Length of %d returns 413 before its body arrives',
  async (length) => {
    const { connection, rotation } = await prepare()
    connection.send(rotation({ 'content-length': length }, '{}'))
    expect((await connection.answer()).status).toBe(413)
    connection.socket.end()
    expect(await connection.closed()).toBe('')
  },
)

test('a connection serves the next request after a chunked body over the size limit returns 413', async () => {
  const { connection, rotation } = await prepare()
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
  connection.send(rotation({ 'transfer-encoding': 'chunked' }, chunk.repeat(20)))
  expect((await connection.answer()).status).toBe(413)
  connection.send(`0\r\n\r\n${rawRequest('GET', '/healthz')}`)
  expect((await connection.answer()).status).toBe(200)
})

test('ignores a body sent to an operation that does not take one', async () => {
  const { connection, server } = await prepare()
  const authorization = `Bearer ${await token()}`
  const headers = { authorization, 'content-type': 'text/plain', 'content-length': 5 }
  connection.send(rawRequest('GET', '/api/v1/applications', headers, 'hello'))
  expect((await connection.answer()).status).toBe(200)
  connection.send(rawRequest('DELETE', '/api/v1/applications/app_1', headers, 'hello'))
  expect((await connection.answer()).status).toBe(204)
  expect((await server.api('GET', '/applications')).body.items).toEqual([])
})
