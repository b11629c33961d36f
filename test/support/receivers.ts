import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { generate } from 'selfsigned'
import { Webhook } from 'standardwebhooks'
import { listen } from './listen.ts'

export interface ReceivedMessage {
  method: string | undefined
  path: string | undefined
  headers: IncomingHttpHeaders
  body: string
}

/** A server that receives messages until the test ends. */
export interface Receiver {
  url: string
  port: number
  /** The number of connections so far. */
  connections: () => number
}

/** Starts a receiver that responds to each message with the status that `answer` returns. */
export async function startReceiver(
  answer: (message: ReceivedMessage) => number | Promise<number>,
): Promise<Receiver & { messages: ReceivedMessage[] }> {
  const messages: ReceivedMessage[] = []
  const receiver = await startHttpReceiver((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      const { method, url: path, headers } = request
      const message = { method, path, headers, body }
      messages.push(message)
      void Promise.resolve(answer(message)).then((status) => response.writeHead(status).end())
    })
  })
  return { ...receiver, messages }
}

/**
 * Creates an `answer` for `startReceiver`. It returns 204 if the Standard Webhooks library verifies the message with
 * any of the secrets, otherwise 401.
 */
export function verifiedWith(...secrets: string[]): (message: ReceivedMessage) => number {
  return ({ headers, body }) => (secrets.some((secret) => verifies(secret, headers, body)) ? 204 : 401)
}

function verifies(secret: string, headers: IncomingHttpHeaders, body: string): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>)
    return true
  } catch (error) {
    // Any other error is a bug in the test.
    if (error instanceof Error && error.name === 'WebhookVerificationError') return false
    throw error
  }
}

export function startHttpReceiver(listener: RequestListener): Promise<Receiver> {
  return receive(createHttpServer(listener), 'http')
}

export function startHttpsReceiver(
  listener: RequestListener,
  { cert, private: key }: Certificate,
): Promise<Receiver> {
  return receive(createHttpsServer({ cert, key }, listener), 'https')
}

/** Starts a TCP receiver. For each connection, `onConnection` writes the raw response. */
export function startTcpReceiver(onConnection: (socket: Socket) => void): Promise<Receiver> {
  return receive(
    createTcpServer((socket) => {
      // Ignore errors: clients drop the connection after most of these responses.
      socket.on('error', () => undefined)
      onConnection(socket)
    }),
    'http',
  )
}

export type Certificate = Awaited<ReturnType<typeof certificateFor>>

/** Generates a self-signed certificate. */
export function certificateFor({ ip, name = 'receiver.test', notAfterDate }: CertificateOptions = {}) {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...(notAfterDate && { notAfterDate, notBeforeDate: new Date(notAfterDate.getTime() - 86_400_000) }),
    extensions: [
      // OpenSSL trusts a self-signed certificate only if it is a CA certificate.
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [{ type: 2, value: name }, ...(ip === undefined ? [] : [{ type: 7 as const, ip }])],
      },
    ],
  })
}

export interface CertificateOptions {
  ip?: string
  name?: string
  notAfterDate?: Date
}

async function receive(server: Server, scheme: string): Promise<Receiver> {
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  const port = await listen(server)
  return { url: `${scheme}://127.0.0.1:${port}/webhooks`, port, connections: () => connections }
}
