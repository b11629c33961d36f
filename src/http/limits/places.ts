import type { Connection } from './connection.ts'
import { Crowd } from './crowd.ts'

/** Tracks the open connections, and chooses the one to close if there are too many. */
export class Places {
  /**
   * Connections that wait for their client. Some of them may already be working, because nothing signals that a request
   * has fully arrived: `#longestWaiting` moves those to `#working`.
   */
  readonly #waiting = new Crowd<Connection>()
  readonly #working = new Crowd<Connection>()

  /** Records that a connection has started to wait for its client. */
  wait(connection: Connection): void {
    this.#working.delete(connection)
    this.#waiting.add(connection)
  }

  delete(connection: Connection): void {
    this.#waiting.delete(connection)
    this.#working.delete(connection)
  }

  /**
   * Returns the connection to close to make room for a new one. Returns the new one itself if no other may be closed. A
   * connection with work in progress is closed only if no other connection waits for its client, and only if its
   * network holds more connections than the new one's network.
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

  /** Returns how many connections the network of a connection holds. */
  #held({ network }: Connection): number {
    return this.#waiting.sizeOf(network) + this.#working.sizeOf(network)
  }
}
