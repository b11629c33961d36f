import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Maximum number of open connections, to limit memory. A platform's senders and its proxy need far fewer. */
const maxConnections = 4_096
/**
 * Maximum number of requests in progress on one connection. A packet can contain over a thousand requests, and Node
 * would start them all and buffer every response until the client reads it.
 */
const maxPipelined = 8

/**
 * Tracks a server's connections and their requests in progress. Closes a connection that pipelines too many requests.
 * If there are too many connections, closes the one that has been idle longest.
 */
export class Connections {
  /** Number of requests in progress per connection; clients may pipeline several. */
  readonly #running = new Map<Duplex, number>()
  /** Connections without a request in progress, longest idle first. */
  readonly #idle = new Set<Duplex>()
  readonly #latest = new WeakMap<Duplex, IncomingMessage>()
  #whenNoneRuns: (() => void) | undefined

  constructor(server: Server, handle: RequestListener) {
    server.on('connection', (socket) => {
      this.#idle.add(socket)
      socket.once('close', () => this.#idle.delete(socket))
      this.#makeRoom()
    })
    server.on('request', (request, response) => {
      const { socket } = request
      const running = this.#running.get(socket) ?? 0
      if (running === maxPipelined) socket.destroy()
      // Node still parses the rest of the packet after the socket is destroyed.
      if (socket.destroyed) return
      this.#latest.set(socket, request)
      this.#idle.delete(socket)
      this.#running.set(socket, running + 1)
      response.once('close', () => {
        this.#responded(socket)
      })
      handle(request, response)
    })
  }

  /**
   * Whether a request on the connection has no complete response yet, or the last request's body has not fully arrived.
   */
  isBusy(socket: Duplex): boolean {
    return this.#running.has(socket) || this.#latest.get(socket)?.complete === false
  }

  /** Resolves as soon as no request is in progress. */
  async untilNoneRuns(): Promise<void> {
    if (this.#running.size === 0) return
    await new Promise<void>((resolve) => {
      this.#whenNoneRuns = resolve
    })
  }

  #responded(socket: Duplex): void {
    const left = (this.#running.get(socket) ?? 0) - 1
    if (left > 0) {
      this.#running.set(socket, left)
      return
    }
    this.#running.delete(socket)
    if (!socket.destroyed) this.#idle.add(socket)
    if (this.#running.size === 0) this.#whenNoneRuns?.()
  }

  /** If there are too many connections, closes the one idle longest, so idle connections cannot lock out new ones. */
  #makeRoom(): void {
    if (this.#idle.size + this.#running.size <= maxConnections) return
    const [longestIdle] = this.#idle
    longestIdle?.destroy()
  }
}
