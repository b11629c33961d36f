import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { parseReceiverUrl } from '../domain/receiver-url.ts'
import type { DeliveryFailure, OutgoingMessage, PostMessage } from '../domain/probe.ts'
import * as http from '../node-http.ts'
import { createResolve, type Resolve } from './resolve.ts'

/** Maximum bytes of a response's headers, and of all interim (1xx) responses before it. */
const maxHeaderBytes = 16_384
const maxInterimBytes = 65_536

export interface PostMessageOptions {
  /** Whether a probe may connect to this IP address. */
  isAllowed: (address: string) => boolean
  /** How long a delivery may take, from resolving the host name to receiving the response's status. */
  timeoutMs: number
  /** Resolves host names; defaults to the machine's hosts file and DNS servers. */
  resolve?: Resolve
}

/** Thrown when a message gets no response. */
class Undelivered extends Error {
  readonly failure: DeliveryFailure

  constructor(failure: DeliveryFailure, cause?: unknown) {
    super(failure, { cause })
    this.failure = failure
  }
}

export function createPostMessage({
  isAllowed,
  timeoutMs,
  resolve: resolveHost = createResolve(),
}: PostMessageOptions): PostMessage {
  async function resolveAllowed(host: string, signal: AbortSignal) {
    const addresses = await resolveHost(host, signal)
    if (addresses.length === 0) throw new Undelivered('unresolved')
    if (!addresses.every(({ address }) => isAllowed(address))) throw new Undelivered('url_refused')
    return addresses
  }

  // Each message uses a new connection. Proxy settings in the environment are ignored.
  const connection = { keepAlive: false, autoSelectFamily: true }
  const plain = new http.Agent(connection)
  const tls = new https.Agent({ ...connection, maxCachedSessions: 0, rejectUnauthorized: true })

  return async (url, message, signal) => {
    const start = performance.now()
    const outcome = await post(url, message, signal).catch((error: unknown) => {
      signal.throwIfAborted()
      if (error instanceof Undelivered) return error.failure
      throw error
    })
    return { outcome, timeMs: Math.round(performance.now() - start) }
  }

  /**
   * Posts a message and resolves with the response's status. Closes the connection without reading the response's body.
   */
  async function post(text: string, { headers, payload }: OutgoingMessage, signal: AbortSignal) {
    const url = parseReceiverUrl(text)
    if (!url) throw new Undelivered('url_refused')
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // A socket looks up only host names, so an IP address in the URL is checked here.
    if (isIP(host) && !isAllowed(host)) throw new Undelivered('url_refused')
    const secure = url.protocol === 'https:'
    const ended = new AbortController()
    // The check runs inside the socket's own lookup, so the socket can connect only to addresses that passed it.
    const lookup: LookupFunction = (hostname, _, callback) => {
      resolveAllowed(hostname, ended.signal).then(
        (addresses) => {
          callback(null, addresses)
        },
        (error: unknown) => {
          callback(error as Error, [])
        },
      )
    }

    return new Promise<number>((resolve, reject) => {
      const request = (secure ? https : http).request(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Rekey' },
        agent: secure ? tls : plain,
        lookup,
        maxHeaderSize: maxHeaderBytes,
        signal,
      })
      const timer = setTimeout(() => request.destroy(new Undelivered('timed_out')), timeoutMs)
      // The same socket error means a different failure depending on how far the connection got.
      let failure: DeliveryFailure = 'no_answer'
      request.once('socket', (socket) => {
        if (secure) socket.once('connect', () => (failure = 'tls_failed'))
        socket.once('secureConnect', () => (failure = 'no_answer'))
      })
      request.on('information', () => {
        if ((request.socket?.bytesRead ?? 0) > maxInterimBytes) request.destroy()
      })
      request.once('response', ({ statusCode }) => {
        resolve(statusCode ?? 0)
        request.destroy()
      })
      request.on('error', (error) => {
        reject(error instanceof Undelivered ? error : new Undelivered(failure, error))
      })
      request.once('close', () => {
        clearTimeout(timer)
        ended.abort()
        reject(new Undelivered(failure))
      })
      request.end(payload)
    })
  }
}
