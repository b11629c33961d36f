import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { closeGently } from '../response/close-gently.ts'
import { tunnelResponse } from '../response/tunnel-response.ts'
import { networkOfAddress } from './client-network.ts'
import { Connection } from './connection.ts'
import { Places } from './places.ts'
import { UnreadResponses } from './unread-responses.ts'

/**
 * Maximum number of requests in progress on one connection. A packet can contain over a thousand requests, and Rekey
 * would keep each of them in memory until its turn.
 */
const maxPipelined = 8

export interface ConnectionsOptions {
  /** Maximum number of open connections. */
  limit: number
  /** Responds to a request. Resolves once Node has the whole response, even if the client has not read it yet. */
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Called when a connection is closed because a limit was reached. */
  onCut: (limit: Limit) => void
}

/**
 * The limit that caused Rekey to close a connection: the number of open connections, the number of requests in progress
 * on one connection, or the bytes of responses that clients have not read.
 */
export const limits = ['connections', 'pipelined', 'unread'] as const
export type Limit = (typeof limits)[number]

/**
 * Tracks a server's connections. Runs the requests of each connection one after another: a pipelined request starts
 * when the previous response has been sent.
 *
 * If there are too many connections, closes one from the network that holds the most connections: the one that has been
 * waiting for its client longest. A connection waits for its client until a request has fully arrived, and while the
 * client reads the response. If clients leave too many bytes of responses unread, closes connections from the network
 * with the most unread responses.
 */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #open = new Map<unknown, Connection>()
  readonly #places = new Places()
  readonly #unread = new UnreadResponses()
  readonly #running = new Set<Connection>()
  #whenNoneRuns: (() => void) | undefined

  constructor(server: Server, options: ConnectionsOptions) {
    this.#options = options
    server.on('connection', (socket) => {
      this.#opened(socket)
    })
    const take = (request: IncomingMessage, response: ServerResponse) => {
      this.#take(request, response)
    }
    server.on('request', take)
    // Node would send 100 Continue immediately. Rekey sends it only when it is ready to read the body.
    server.on('checkContinue', take)
    // Ignores unknown Expect values, which RFC 9110, section 10.1.1, allows. Node's 417 response would have no body.
    server.on('checkExpectation', take)
    server.on('connect', (request: IncomingMessage) => {
      take(request, tunnelResponse(request))
    })
  }

  /** Whether a request on the connection has no complete response yet, or the last request has not fully arrived. */
  isBusy(socket: Socket): boolean {
    const connection = this.#open.get(socket)
    return (
      connection !== undefined && (connection.exchanges.length > 0 || connection.latest?.complete === false)
    )
  }

  /** Whether another request on the connection waits for the response to the first. */
  isPipelining(socket: Socket): boolean {
    return (this.#open.get(socket)?.exchanges.length ?? 0) > 1
  }

  /**
   * Accepts no more requests on a connection. Closes it after the responses to its requests, or immediately if one of
   * these requests has not fully arrived.
   */
  end(socket: Socket): void {
    const connection = this.#open.get(socket)
    if (!connection) return
    connection.isEnding = true
    if (connection.exchanges.length === 0) closeGently(socket)
    else if (connection.latest?.complete === false) this.#close(connection)
  }

  endAll(): void {
    for (const { socket } of this.#open.values()) this.end(socket)
  }

  /** Closes all connections immediately. */
  closeAll(): void {
    for (const connection of this.#open.values()) this.#close(connection)
  }

  /** Resolves as soon as no request is in progress. */
  async untilNoneRuns(): Promise<void> {
    if (this.#running.size === 0) return
    await new Promise<void>((resolve) => {
      this.#whenNoneRuns = resolve
    })
  }

  #opened(socket: Socket): void {
    const connection = new Connection(socket, networkOfAddress(socket.remoteAddress))
    this.#open.set(socket, connection)
    this.#places.wait(connection)
    // Node calls this after the last response of a connection.
    socket.destroySoon = () => {
      closeGently(socket)
    }
    socket.once('close', () => {
      this.#forget(connection)
    })
    if (this.#open.size > this.#options.limit)
      this.#cut(this.#places.leastEntitled(connection), 'connections')
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#open.get(request.socket)
    // Node still parses the rest of the packet after the connection is closed.
    if (!connection || connection.isEnding) return
    if (connection.exchanges.length === maxPipelined) {
      this.#cut(connection, 'pipelined')
      return
    }
    connection.latest = request
    connection.exchanges.push({ request, response })
    if (connection.exchanges.length === 1) this.#start(connection)
  }

  #start(connection: Connection): void {
    const [exchange] = connection.exchanges
    if (!exchange) return
    const { request, response } = exchange
    // Node assigns every response to its socket, except a response to CONNECT, which Rekey creates.
    if (!response.socket) response.assignSocket(connection.socket)
    this.#places.wait(connection)
    this.#running.add(connection)
    response.once('close', () => {
      this.#responded(connection)
    })
    void this.#options.handle(request, response).then(() => {
      this.#passedOn(connection, response)
    })
  }

  /** Called once Node has the whole response. Counts the bytes of it that the client has not read. */
  #passedOn(connection: Connection, response: ServerResponse): void {
    const { socket } = connection
    if (response.writableFinished || socket.writableLength === 0 || !this.#open.has(socket)) return
    this.#places.wait(connection)
    this.#unread.add(connection, socket.writableLength)
    for (let excess = this.#unread.excess; excess; excess = this.#unread.excess) this.#cut(excess, 'unread')
  }

  #responded(connection: Connection): void {
    const { socket, exchanges } = connection
    if (!this.#open.has(socket)) return
    this.#unread.delete(connection)
    this.#places.wait(connection)
    exchanges.shift()
    if (!socket.writable) exchanges.length = 0
    if (exchanges.length > 0) {
      this.#start(connection)
      return
    }
    if (connection.isEnding) closeGently(socket)
    this.#rests(connection)
  }

  #cut(connection: Connection, limit: Limit): void {
    this.#close(connection)
    this.#options.onCut(limit)
  }

  #close(connection: Connection): void {
    this.#forget(connection)
    connection.socket.destroy()
  }

  #forget(connection: Connection): void {
    this.#open.delete(connection.socket)
    this.#places.delete(connection)
    this.#unread.delete(connection)
    this.#rests(connection)
  }

  #rests(connection: Connection): void {
    this.#running.delete(connection)
    if (this.#running.size === 0) this.#whenNoneRuns?.()
  }
}
