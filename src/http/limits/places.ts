import type { Connection } from './connection.ts'
import { Crowd } from './crowd.ts'

/** The open connections, and which of them gives way if there are too many. */
export class Places {
  /**
   * Connections that wait for their client. Some of them are working, because nothing announces that a request is
   * complete: `#longestWaiting` moves those to `#working`.
   */
  readonly #waiting = new Crowd<Connection>()
  readonly #working = new Crowd<Connection>()

  /** Adds a connection, or notes that it waits for its client from now on. */
  wait(connection: Connection): void {
    this.#working.delete(connection)
    this.#waiting.add(connection)
  }

  delete(connection: Connection): void {
    this.#waiting.delete(connection)
    this.#working.delete(connection)
  }

  /**
   * Returns the connection that gives way to a new one. Work in progress gives way only if no other connection waits,
   * and only to a network that holds fewer connections. Otherwise the new connection itself is closed.
   */
  leastEntitled(newcomer: Connection): Connection {
    const waiting = this.#longestWaiting() ?? newcomer
    if (waiting !== newcomer) {
      if (this.#held(waiting) >= this.#held(newcomer)) return waiting
      return this.#longestWaiting(newcomer.network) ?? newcomer
    }
    const working = this.#working.oldest()
    return working && this.#held(working) > this.#held(newcomer) ? working : newcomer
  }

  #longestWaiting(network?: string): Connection | undefined {
    for (;;) {
      const connection = this.#waiting.oldest(network)
      if (!connection?.isWorking) return connection
      this.#waiting.delete(connection)
      this.#working.add(connection)
    }
  }

  /** Counts the connections that a connection's network holds. */
  #held({ network }: Connection): number {
    return this.#waiting.sizeOf(network) + this.#working.sizeOf(network)
  }
}
