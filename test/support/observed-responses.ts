import { appendFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import { contractFaults, findOperation } from './contract.ts'
import { noteSecret } from './ledger.ts'
import { watchResponses } from './sent-responses.ts'

const apiRoot = '/api/v1'
const answered = new Set<string>()

/** Path of the file in which a run records every operation with each status that it returned, one pair per line. */
export function observedStatusesFile(): string {
  return join(inject('runFolder'), 'answered.txt')
}

/**
 * Checks every API response from the server at `origin` against the OpenAPI document until the test ends. A violation
 * fails the test. Records returned secrets in the ledger.
 */
export function observeResponses(origin: string, ledger: string): void {
  const port = Number(new URL(origin).port)
  const faults: string[] = []
  const stop = watchResponses((request, response, text) => {
    // A request target can be an absolute URL (RFC 9112, section 3.2.2).
    const target = request.url?.replace(/^https?:\/\/[^/]*/i, '') ?? ''
    if (request.socket.localPort !== port || !target.startsWith(`${apiRoot}/`)) return
    noteSecret(ledger, text)
    faults.push(...inspect(request.method ?? '', target.slice(apiRoot.length), response, text))
  })
  onTestFinished(() => {
    stop()
    if (faults.length > 0) throw new Error(`responses that violate the document:\n${faults.join('\n')}`)
  })
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
  appendFileSync(observedStatusesFile(), pair)
}
