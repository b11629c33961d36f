import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Each costs memory; far more than a platform's senders and its proxy hold open. */
const maxConnections = 4_096
/**
 * How many requests of one connection may be under way. A packet has room for more than a thousand, which
 * Node would all begin, and keep every response of until the caller reads it.
 */
const maxPipelined = 8

/**
 * The connections of a server, and which of them carry a request that has no response yet. Who sends more
 * than it waits for responses is cut off.
 */
export class Connections {
  /** By connection, how many: a client may send one request before it has the last response. */
  readonly #running = new Map<Duplex, number>()
  /** Those that carry none, the longest idle first. */
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
      // What is left of a packet is parsed even then.
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

  /** Whether a request of the connection has no response yet, or got one before all of it had come. */
  isBusy(socket: Duplex): boolean {
    return this.#running.has(socket) || this.#latest.get(socket)?.complete === false
  }

  /** Resolves as soon as no connection carries a request. */
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

  /** Whoever comes is served, and who has been idle longest goes: idle connections cannot lock others out. */
  #makeRoom(): void {
    if (this.#idle.size + this.#running.size <= maxConnections) return
    const [longestIdle] = this.#idle
    longestIdle?.destroy()
  }
}
