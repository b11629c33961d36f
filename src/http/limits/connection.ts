import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A request that has no complete response yet. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

export class Connection {
  readonly socket: Socket
  /**
   * The network of the TCP peer. Behind a proxy, this is the proxy's network, because only a request's headers name the
   * client.
   */
  readonly network: string
  /** Requests without a complete response. The first one runs; the others wait until its response is sent. */
  readonly exchanges: Exchange[] = []
  latest: IncomingMessage | undefined
  /** Whether the connection closes after the responses to the requests that have already arrived. */
  isEnding = false

  constructor(socket: Socket, network: string) {
    this.socket = socket
    this.network = network
  }

  /**
   * Whether Rekey is processing a request that has fully arrived. Otherwise, it is waiting for the client to send a
   * request or to read a response.
   */
  get isWorking(): boolean {
    const [running] = this.exchanges
    return running !== undefined && running.request.complete && !running.response.writableEnded
  }
}
