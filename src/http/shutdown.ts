import { setTimeout as delay } from 'node:timers/promises'
import type { Server } from 'node:http'
import type { Connections } from './limits/connections.ts'

/**
 * Closes a server: running requests are finished, and connections that carry none are cut, also those
 * that Node itself would wait for because nothing was ever sent on them.
 * @param drainMs for how long a request may still run
 * @returns whether all of them were finished in that time
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
