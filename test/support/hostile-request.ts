import { connect as connectTcp } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { connect } from 'node:tls'
import type { RunningProxy } from './reverse-proxy.ts'

/** How long a sender waits for a response that may never come. */
const patienceMs = 500

/** A request that no honest client would send. `bytes` are sent unchanged. */
export interface HostileRequest {
  name: string
  bytes: string
  http2?: boolean
  /** Closes or resets the connection after the last byte, instead of waiting for a response. */
  then?: 'end' | 'reset'
}

/** Formats an HTTP/1.1 request. Adds Host, but no Content-Length. */
export function http1(method: string, target: string, headers: string[] = [], body = ''): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n')
}

/** Sends a request on a connection of its own, and closes the connection after the first part of the response. */
export async function sendHostile({ port, ca }: RunningProxy, request: HostileRequest): Promise<void> {
  const tcp = connectTcp({ host: '127.0.0.1', port })
  const socket = connect({
    ...{ socket: tcp, ca, servername: 'localhost' },
    ALPNProtocols: [request.http2 ? 'h2' : 'http/1.1'],
  })
  // The proxy may reset the connection at any time.
  tcp.on('error', () => undefined)
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const responded = new Promise((resolve) => socket.on('data', resolve))
  await Promise.race([new Promise((resolve) => socket.write(request.bytes, 'latin1', resolve)), closed])
  if (request.then) {
    // Give the proxy time to forward what it has received.
    await setTimeout(patienceMs / 10)
    if (request.then === 'end') socket.end()
    else tcp.resetAndDestroy()
  }
  // Over HTTP/2, the first data is the proxy's settings, not a response.
  await Promise.race([closed, setTimeout(patienceMs), ...(request.http2 ? [] : [responded])])
  socket.destroy()
}
