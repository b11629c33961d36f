import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { contractFaults, findOperation } from './contract.ts'

/** Node tells here of every request that any HTTP server of this process begins to serve. */
const channel = 'http.server.request.start'
const apiRoot = '/api/v1'
const answered = new Set<string>()

/** Where a run notes every operation and status that was answered, a line for each. */
export function answeredFile(): string {
  return join(inject('runFolder'), 'answered.txt')
}

/**
 * Looks at every answer as the server at `origin` sends it, until the test is over, whoever asked and
 * how. The test fails if one is against the document.
 */
export function observeAnswers(origin: string): void {
  const port = Number(new URL(origin).port)
  const faults: string[] = []
  const observe = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    // The target may be absolute (RFC 9112, section 3.2.2).
    const target = request.url?.replace(/^https?:\/\/[^/]*/i, '') ?? ''
    if (request.socket.localPort !== port || !target.startsWith(`${apiRoot}/`)) return
    whenSent(response, (text) => {
      faults.push(...inspect(request.method ?? '', target.slice(apiRoot.length), response, text))
    })
  }
  subscribe(channel, observe)
  onTestFinished(() => {
    unsubscribe(channel, observe)
    if (faults.length > 0) throw new Error(`answers against the document:\n${faults.join('\n')}`)
  })
}

/** Calls back with the whole body, as the last of it is handed over and before a client can have it. */
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
    // On a connection that is gone nothing is answered.
    if (response.req.socket.writable) callback(Buffer.concat(chunks).toString())
    return end(...args)
  }
}

function inspect(method: string, path: string, response: ServerResponse, text: string): string[] {
  const headers = new Headers(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  )
  const { statusCode: status } = response
  note(method, path, status)
  const answer = { status, headers, text, body: parse(text) }
  return contractFaults(method, path, answer).map((fault) => `${method} ${path} ${status}: ${fault}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function note(method: string, path: string, status: number): void {
  const pair = `${findOperation(method, path)?.operationId ?? 'none'} ${status}\n`
  if (answered.has(pair)) return
  answered.add(pair)
  appendFileSync(answeredFile(), pair)
}
