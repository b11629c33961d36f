import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { listen } from './listen.ts'
import { connectTo, rawRequest } from './raw-http.ts'

/** Starts a server that calls `treat` when a connection first receives data. @returns the server's origin */
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

test('closed() resolves when the server resets the connection', async () => {
  const connection = await connectTo(await serve((socket) => socket.resetAndDestroy()))
  connection.send(rawRequest('GET', '/'))
  expect(await connection.closed()).toBe('')
})

test('answer() rejects with the partial response when the server resets the connection', async () => {
  const origin = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"st')
    setImmediate(() => socket.resetAndDestroy())
  })
  const connection = await connectTo(origin)
  connection.send(rawRequest('GET', '/'))
  await expect(connection.answer()).rejects.toThrow('the connection ended after: HTTP/1.1 200')
})
