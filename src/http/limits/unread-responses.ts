import type { Connection } from './connection.ts'
import { Crowd } from './crowd.ts'

/** Maximum bytes of responses, over all connections, that clients have not read. */
const maxBytes = 64 * 1_024 * 1_024

/** The connections whose clients do not read a response, and what Rekey keeps for them. */
export class UnreadResponses {
  readonly #connections = new Crowd<Connection>()
  readonly #bytes = new Map<Connection, number>()
  #total = 0

  /** @param bytes what is left of the response, beyond what the kernel buffers */
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
   * Returns the connection to close if too much is unread: of the network with the most unread responses, the one that
   * began longest ago. A client cannot keep its place by reading a byte now and then.
   */
  get excess(): Connection | undefined {
    return this.#total > maxBytes ? this.#connections.oldest() : undefined
  }
}
