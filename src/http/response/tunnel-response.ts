import type { IncomingMessage, ServerResponse as Response } from 'node:http'
import { ServerResponse } from '../../node-http.ts'
import { closeGently } from './close-gently.ts'

/**
 * Creates the response to a CONNECT request. Node creates none, because it leaves the connection to code that opens a
 * tunnel.
 */
export function tunnelResponse(request: IncomingMessage): Response {
  const { socket } = request
  // Node has removed its own listeners. Without an error listener, a reset connection would end the process.
  socket
    .on('error', () => undefined)
    .once('timeout', () => {
      socket.destroy()
    })
  const response = new ServerResponse(request)
  response.setHeader('Connection', 'close')
  return response.once('finish', () => {
    closeGently(socket)
  })
}
