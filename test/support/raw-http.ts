import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** How long to wait for a response, or for the server to close the connection. */
const patienceMs = 10_000

export interface RawAnswer {
  status: number
  /** Header names are in lower case. */
  headers: Record<string, string>
  body: string
}

/** A TCP connection for requests that no HTTP client would send. */
export class RawConnection {
  readonly socket: Socket
  #received = ''

  constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => (this.#received += text))
    // Ignore resets: tests check the data received before them.
    socket.on('error', () => undefined)
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /**
   * Reads the next response on the connection. Set `withoutBody` if the response ends after its head despite its
   * Content-Length, as for HEAD.
   */
  async answer({ withoutBody = false } = {}): Promise<RawAnswer> {
    const head = await this.#until((text) => text.indexOf('\r\n\r\n'))
    const [first = '', ...lines] = this.#received.slice(0, head).split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    )
    const start = head + '\r\n\r\n'.length
    const end = start + (withoutBody ? 0 : Number(headers['content-length'] ?? 0))
    await this.#until((text) => (text.length >= end ? end : -1))
    const body = this.#received.slice(start, end)
    this.#received = this.#received.slice(end)
    return { status: Number(first.split(' ')[1]), headers, body }
  }

  /**
   * Waits until the server has closed or reset the connection.
   * @returns the received text that `answer` has not consumed
   */
  async closed(withinMs = patienceMs): Promise<string> {
    if (!this.socket.closed) await next(this.socket, ['close'], withinMs)
    return this.#received
  }

  /** Waits until `found` returns an offset in the received text instead of -1. @returns the offset */
  async #until(found: (text: string) => number): Promise<number> {
    for (;;) {
      const place = found(this.#received)
      if (place >= 0) return place
      if (this.socket.closed) throw new Error(`the connection ended after: ${this.#received}`)
      await next(this.socket, ['data', 'close'], patienceMs)
    }
  }
}

/** Waits for one of these events. Unlike `once` of node:events, does not reject on `error`, because `close` follows. */
function next(socket: Socket, names: ('data' | 'close')[], withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (settled: () => void) => () => {
      clearTimeout(timer)
      for (const name of names) socket.off(name, heard)
      settled()
    }
    const heard = settle(resolve)
    const timer = setTimeout(
      settle(() => {
        reject(new Error(`no ${names.join(' or ')} within ${withinMs} ms`))
      }),
      withinMs,
    )
    for (const name of names) socket.on(name, heard)
  })
}

/**
 * Opens a connection that closes when the test ends.
 * @param localAddress the client's address, such as 127.0.0.2
 */
export async function connectTo(origin: string, localAddress = '127.0.0.1'): Promise<RawConnection> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  onTestFinished(() => {
    socket.destroy()
  })
  const connection = new RawConnection(socket)
  await once(socket, 'connect', { signal: AbortSignal.timeout(patienceMs) })
  return connection
}

/** Formats a request without validating it. Adds a Host header if none is given, but never a Content-Length. */
export function rawRequest(
  method: string,
  target: string,
  headers: Record<string, string | number> = {},
  body = '',
): string {
  const lines = Object.entries({ host: 'rekey.test', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
