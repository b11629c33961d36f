import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { errorTexts } from '../../errors.ts'
import { METHODS, STATUS_CODES } from '../../node-http.ts'
import type { Connections } from '../limits/connections.ts'
import { headers as securityHeaders } from './security-headers.ts'

const statuses: Record<string, { status: number; message: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The request headers are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request took too long to arrive' },
}
const notHttp = { status: 400, message: 'The request is not valid HTTP/1.1' }

interface ParseError extends NodeJS.ErrnoException {
  /** The packet that Node could not parse. */
  rawPacket?: Buffer
}

/** Captures the method of a well-formed request line. */
const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) \S+ HTTP\/1\.[01]\r?\n/

/** Responds with the usual error body to requests that Node rejects before Koa sees them, and logs the rejection. */
export function respondToUnparsableRequests(server: Server, connections: Connections, logger: Logger): void {
  server.on('clientError', (error: ParseError, duplex) => {
    const socket = duplex as unknown as Socket
    // Send nothing while a request is in progress. The client would take this error for that request's response,
    // although the request may have changed something. If a request's body becomes unparsable after the response, this
    // error would be a second response.
    if (socket.writable && !connections.isBusy(socket)) {
      const requestId = randomUUID()
      const { status, message } = statuses[error.code ?? ''] ?? describe(error.rawPacket)
      socket.write(rawResponse(status, message, requestId))
      // A connection that sent nothing is not worth logging.
      if (socket.bytesRead > 0) logger.info({ requestId, status }, 'unparsable request')
    }
    connections.end(socket)
  })
}

function describe(packet: Buffer | undefined): { status: number; message: string } {
  const [, method] = requestLine.exec(packet?.toString('latin1') ?? '') ?? []
  if (method === undefined || METHODS.includes(method)) return notHttp
  return { status: 501, message: errorTexts.notImplemented }
}

function rawResponse(status: number, message: string, requestId: string): string {
  const title = STATUS_CODES[status] ?? ''
  const body = JSON.stringify({ error: title, message, code: status })
  const headers = {
    ...securityHeaders,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': requestId,
    Connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join('')}\r\n${body}`
}
