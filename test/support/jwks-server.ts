import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished, vi } from 'vitest'
import type { Signer } from './signers.ts'

/** A server that publishes a token issuer's public keys until the test ends. */
export interface JwksServer {
  url: string
  /** The number of requests so far. */
  requests: () => number
  /** Publishes exactly these keys. */
  publish: (...signers: Signer[]) => void
  /** Handles every request with this listener until the next `publish`. */
  answer: (listener: RequestListener) => void
  /** Refuses connections until `comeBack`. */
  goDown: () => Promise<void>
  comeBack: () => Promise<void>
}

export async function startJwksServer(...signers: Signer[]): Promise<JwksServer> {
  let requests = 0
  let current = keySet(signers)
  const server = createServer((request, response) => {
    requests += 1
    current(request, response)
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const goDown = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  const port = await listen(0)
  onTestFinished(async () => {
    if (server.listening) await goDown()
  })
  return {
    url: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    requests: () => requests,
    publish: (...published) => {
      current = keySet(published)
    },
    answer: (listener) => {
      current = listener
    },
    goDown,
    comeBack: async () => {
      await listen(port)
    },
  }
}

/** Stops the clock at this time from now, until the test ends. After a failed fetch, Rekey waits before the next. */
export function pass(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds })
  onTestFinished(() => {
    vi.useRealTimers()
  })
}

function keySet(signers: Signer[]): RequestListener {
  return json({ keys: signers.map(({ jwk }) => jwk) })
}

/** Creates a listener that responds with 200 and the value as JSON. A string is sent unchanged. */
export function json(value: unknown): RequestListener {
  return (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }
}
