import { setTimeout as delay } from 'node:timers/promises'
import type { Server } from 'node:http'
import type { Connections } from './limits/connections.ts'

/**
 * Closes a server once its requests in progress have finished, or `drainMs` has passed. Also closes connections that
 * never sent anything, because Node would wait for them.
 * @param drainMs milliseconds that requests in progress may still take
 * @returns whether all requests finished in time
 */
export async function closeServer(
  server: Server,
  connections: Connections,
  drainMs: number,
): Promise<boolean> {
  if (!server.listening) return true
  const closed = new Promise((resolve) => server.close(resolve))
  const gaveUp = new AbortController()
  const finished = await Promise.race([
    connections.untilNoneRuns().then(() => true),
    delay(drainMs, false, { signal: gaveUp.signal }),
  ])
  gaveUp.abort()
  server.closeAllConnections()
  await closed
  return finished
}
