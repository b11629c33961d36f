import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { listen } from './listen.ts'
import { connectTo, rawRequest } from './raw-http.ts'

/** Starts a server that calls `treat` for each connection, on its first data. @returns its origin */
async function serve(treat: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', () => {
        treat(socket)
      })
  })
  return `http://127.0.0.1:${await listen(server)}`
}

test('a reset connection counts as closed', async () => {
  const connection = await connectTo(await serve((socket) => socket.resetAndDestroy()))
  connection.send(rawRequest('GET', '/'))
  expect(await connection.closed()).toBe('')
})

test('a connection that is reset during a response reports the part received', async () => {
  const origin = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"st')
    setImmediate(() => socket.resetAndDestroy())
  })
  const connection = await connectTo(origin)
  connection.send(rawRequest('GET', '/'))
  await expect(connection.answer()).rejects.toThrow('the connection ended after: HTTP/1.1 200')
})
