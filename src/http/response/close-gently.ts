import type { Socket } from 'node:net'

/** How long a client may still send after the server's last response, in milliseconds. */
export const lingerMs = 1_000

/**
 * Closes a connection so that its client receives the last response. Discards what the client still sends until it
 * closes its side, for up to `lingerMs`: closing a connection with unread data resets it, and a reset discards
 * responses that the client has not read yet (RFC 9112, section 9.6).
 */
export function closeGently(socket: Socket): void {
  if (socket.destroyed) return
  socket.end()
  // Removing Node's listener and adding another detaches the HTTP parser, so nothing more becomes a request.
  socket
    .removeAllListeners('data')
    .on('data', () => undefined)
    .once('end', () => socket.destroy())
    .resume()
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.once('close', () => {
    clearTimeout(timer)
  })
}
