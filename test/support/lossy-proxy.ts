import { createServer, request, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { listen } from './listen.ts'

/**
 * What becomes of an answer of the server: it is lost with its connection, before it (`dropped`) or in the
 * middle of its body (`cut`); the proxy answers in its place, with a status and a page of its own, or
 * never (`held`); it arrives.
 */
export type Fate = 'dropped' | 'cut' | 'held' | 'arrives' | number

export interface Exchange {
  method: string
  /** Of the request. */
  headers: IncomingHttpHeaders
  /** What the server answered, whether or not it arrived. */
  status: number
  body: string
}

export interface LossyProxy {
  origin: string
  /** What the server has answered so far. */
  exchanges: Exchange[]
}

/** A proxy that lets the server answer every request, and gives the answers their fates one by one. */
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
