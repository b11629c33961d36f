import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A request that has no complete response yet. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

/** What Rekey knows about one open connection. */
export class Connection {
  readonly socket: Socket
  /** The network of the peer, which is the proxy's if there is one: the client is not known yet. */
  readonly network: string
  /** Requests without a complete response. The first one runs; the others wait until its response is sent. */
  readonly exchanges: Exchange[] = []
  latest: IncomingMessage | undefined
  /** Whether the connection closes after the requests that have arrived. */
  isEnding = false

  constructor(socket: Socket, network: string) {
    this.socket = socket
    this.network = network
  }

  /** Whether Rekey works on a complete request. Otherwise the connection waits for its client, to send or to read. */
  get isWorking(): boolean {
    const [running] = this.exchanges
    return running !== undefined && running.request.complete && !running.response.writableEnded
  }
}
