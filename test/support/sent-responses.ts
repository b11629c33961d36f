import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Node.js publishes every request to this process's HTTP servers on this channel. */
const channel = 'http.server.request.start'

export type OnAnswer = (request: IncomingMessage, response: ServerResponse, text: string) => void

/**
 * Calls `callback` with every response that this process's HTTP servers send and with its complete body. Calls it
 * before the client can receive the end of the response.
 * @returns a function that stops watching
 */
export function watchResponses(callback: OnAnswer): () => void {
  const watch = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    whenSent(response, (text) => {
      callback(request, response, text)
    })
  }
  subscribe(channel, watch)
  return () => {
    unsubscribe(channel, watch)
  }
}

function whenSent(response: ServerResponse, callback: (text: string) => void): void {
  const chunks: Buffer[] = []
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  }
  const write = response.write.bind(response) as (...args: unknown[]) => boolean
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse
  response.write = (...args: unknown[]) => {
    keep(args[0])
    return write(...args)
  }
  response.end = (...args: unknown[]) => {
    keep(args[0])
    // Nothing is sent on a closed connection.
    if (response.req.socket.writable) callback(Buffer.concat(chunks).toString())
    return end(...args)
  }
}
