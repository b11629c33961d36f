import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises'
import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { Connections } from './limits/connections.ts'
import { lingerMs } from './response/close-gently.ts'

export interface ShutdownTimes {
  /** Milliseconds without a request on any open connection, after which none is expected. */
  graceMs: number
  /** Milliseconds that requests in progress may still take, the grace included. */
  drainMs: number
}

/**
 * Closes a server once its requests in progress have finished, or `drainMs` has passed. Until then it serves requests
 * that arrive on open connections, because a client may have sent them before it could notice. The shutdown is shorter
 * if all clients close their connections, as `Connection: close` asks them to.
 * @returns whether all requests finished in time
 */
export async function closeServer(
  server: Server,
  connections: Connections,
  { graceMs, drainMs }: ShutdownTimes,
): Promise<boolean> {
  if (!server.listening) return true
  const gaveUp = new AbortController()
  const { signal } = gaveUp
  const after = <T>(milliseconds: number, value: T) => delay(milliseconds, value, { signal })
  const late = after(drainMs, false)
  // Accepts the connections that clients have already opened, because closing the server would reset them.
  await Promise.race([untilQuiet(server, ['connection'], 0, signal), after(graceMs, undefined)])
  const closed = new Promise<void>((resolve) => {
    // The HTTP server's own method would also close connections that are idle, on which a request may be arriving.
    NetServer.prototype.close.call(server, () => {
      resolve()
    })
  })
  const drained = async () => {
    await untilQuiet(server, ['request', 'checkContinue'], graceMs, signal)
    await connections.untilNoneRuns()
  }
  const finished = await Promise.race([Promise.race([closed, drained()]).then(() => true), late])
  connections.endAll()
  await Promise.race([closed, after(lingerMs, undefined)])
  gaveUp.abort()
  connections.closeAll()
  // Stops the timer that looks for requests that take too long to arrive.
  server.close()
  await closed
  return finished
}

/** Resolves once the server has emitted none of the events for some time, and has read all that arrived meanwhile. */
async function untilQuiet(server: Server, events: string[], milliseconds: number, signal: AbortSignal) {
  let heard = 0
  let before: number
  const hear = () => {
    heard++
  }
  for (const event of events) server.on(event, hear)
  do {
    before = heard
    await delay(milliseconds, undefined, { signal })
    // Two turns of the event loop, because the first may have begun before the time was over.
    await immediate()
    await immediate()
  } while (heard !== before)
  for (const event of events) server.off(event, hear)
}
