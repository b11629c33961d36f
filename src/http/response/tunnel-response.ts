import type { IncomingMessage, ServerResponse as Response } from 'node:http'
import { ServerResponse } from '../../node-http.ts'
import { closeGently } from './close-gently.ts'

/**
 * Creates the response to a CONNECT request. Node creates none, because it expects a tunnel, and leaves the connection
 * to its owner.
 */
export function tunnelResponse(request: IncomingMessage): Response {
  const { socket } = request
  // Replaces the listeners that Node has removed.
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
