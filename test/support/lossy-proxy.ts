import { createServer, request, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { listen } from './listen.ts'

/**
 * What the proxy does with a server response: forwards it (`arrives`), closes the connection without forwarding it
 * (`dropped`) or halfway through the body (`cut`), sends nothing (`held`), or sends its own page with this status (a
 * number).
 */
export type Fate = 'dropped' | 'cut' | 'held' | 'arrives' | number

export interface Exchange {
  method: string
  /** The request's headers. `status` and `body` belong to the response. */
  headers: IncomingHttpHeaders
  /** The status that the server sent, whether or not the client received it. */
  status: number
  body: string
}

export interface LossyProxy {
  origin: string
  /** The requests and the server's responses so far. */
  exchanges: Exchange[]
}

/**
 * Starts a proxy that forwards every request. Each fate applies to one response, in order. Responses after the last
 * fate are forwarded.
 */
export async function startLossyProxy(target: string, ...fates: Fate[]): Promise<LossyProxy> {
  const exchanges: Exchange[] = []
  const proxy = createServer((incoming, answer) => {
    const { method = '', headers, url = '' } = incoming
    const onward = request(new URL(url, target), { method, headers }, (upstream) => {
      const { statusCode: status = 0 } = upstream
      const parts: Buffer[] = []
      upstream
        .on('data', (part: Buffer) => parts.push(part))
        .on('end', () => {
          const body = Buffer.concat(parts)
          meet(fates[exchanges.length] ?? 'arrives', { status, headers: upstream.headers, body }, answer)
          exchanges.push({ method, headers, status, body: body.toString() })
        })
    })
    onward.on('error', () => answer.destroy())
    incoming.pipe(onward)
  })
  return { origin: `http://127.0.0.1:${await listen(proxy)}`, exchanges }
}

function meet(
  fate: Fate,
  { status, headers, body }: { status: number; headers: IncomingHttpHeaders; body: Buffer },
  answer: ServerResponse,
): void {
  if (fate === 'arrives') answer.writeHead(status, headers).end(body)
  else if (fate === 'dropped') answer.destroy()
  else if (fate === 'cut')
    answer.writeHead(status, headers).write(body.subarray(0, body.length / 2), () => answer.destroy())
  else if (fate !== 'held') answer.writeHead(fate).end('<html>a page of the proxy</html>')
}
