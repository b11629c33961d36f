import type { Connection } from './connection.ts'
import { Crowd } from './crowd.ts'

/** Maximum number of response bytes that clients have not read, across all connections. */
const maxBytes = 64 * 1_024 * 1_024

/** Tracks the connections whose clients have not read a whole response, and how many bytes Rekey keeps for each. */
export class UnreadResponses {
  readonly #connections = new Crowd<Connection>()
  readonly #bytes = new Map<Connection, number>()
  #total = 0

  /** @param bytes the unread bytes of the response, without those that the kernel buffers */
  add(connection: Connection, bytes: number): void {
    this.#connections.add(connection)
    this.#bytes.set(connection, bytes)
    this.#total += bytes
  }

  delete(connection: Connection): void {
    this.#connections.delete(connection)
    this.#total -= this.#bytes.get(connection) ?? 0
    this.#bytes.delete(connection)
  }

  /**
   * Returns the connection to close if clients have left too much unread: the one whose response has been unread
   * longest, from the network with the most unread responses. A client that reads a byte now and then does not postpone
   * this.
   */
  get excess(): Connection | undefined {
    return this.#total > maxBytes ? this.#connections.oldest() : undefined
  }
}
