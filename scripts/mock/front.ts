import {
  createServer,
  request as send,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream'
import { preferredResponse, type DocumentedResponse } from './documented-response.ts'

export interface Behind {
  /** The origin of the server that responds. */
  origin: () => string
  /** The token that replaces any other. */
  token: () => string
  /** The only page origin that the server allows. */
  pageOrigin: string
}

/** Any bearer token except an invitation's, which has its own rights. */
const replaceable = /^Bearer +(?!rki_)\S/i

/**
 * Creates a server in front of Rekey that accepts any bearer token and pages of any origin, and responds to
 * requests with a `Prefer` header itself. The server behind it responds to all other requests.
 */
export function createFront(behind: Behind): Server {
  return createServer((request, response) => {
    const { method = '', url = '', headers } = request
    const preferred = preferredResponse(method, url.split('?')[0] ?? '', headers['prefer']?.toString())
    if (preferred) respond(request, response, preferred)
    else forward(request, response, behind)
  })
}

function respond(request: IncomingMessage, response: ServerResponse, preferred: DocumentedResponse): void {
  const { status, headers, body } = preferred
  request.resume()
  response.writeHead(status, {
    ...headers,
    ...(request.headers.origin !== undefined && {
      'access-control-allow-origin': request.headers.origin,
      'access-control-expose-headers': Object.keys(headers).join(', '),
    }),
    ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
  })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

function forward(request: IncomingMessage, response: ServerResponse, behind: Behind): void {
  const { origin, authorization } = request.headers
  const forwarded = send(behind.origin() + (request.url ?? '/'), {
    method: request.method ?? 'GET',
    headers: {
      ...request.headers,
      ...(origin !== undefined && { origin: behind.pageOrigin }),
      ...(replaceable.test(authorization ?? '') && { authorization: `Bearer ${behind.token()}` }),
    },
  })
  forwarded.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...allow(answer.headers, origin) })
    pipeline(answer, response, () => answer.destroy())
  })
  forwarded.on('error', () => response.destroy())
  response.on('close', () => forwarded.destroy())
  pipeline(request, forwarded, () => request.resume())
}

/** Replaces the allowed origin with that of the page, and allows pages to send `Prefer`. */
function allow(headers: IncomingMessage['headers'], origin: string | undefined) {
  const allowed = headers['access-control-allow-headers']
  return {
    ...(origin !== undefined &&
      headers['access-control-allow-origin'] !== undefined && { 'access-control-allow-origin': origin }),
    ...(allowed !== undefined && { 'access-control-allow-headers': `${allowed}, Prefer` }),
  }
}
