import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises'
import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { Connections } from './limits/connections.ts'
import { lingerMs } from './response/close-gently.ts'

export interface ShutdownTimes {
  /** Milliseconds without a new request after which no more requests are expected on open connections. */
  graceMs: number
  /** Milliseconds that requests in progress may still take, including `graceMs`. */
  drainMs: number
}

/**
 * Closes a server once its requests in progress have finished, or `drainMs` has passed. Until then, the server keeps
 * serving requests that arrive on open connections, because a client may have sent them before it noticed the shutdown.
 * The shutdown ends earlier if all clients close their connections, as `Connection: close` asks them to.
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
  // Accept the connections that clients have already opened, because closing the server would reset them.
  await Promise.race([untilQuiet(server, ['connection'], 0, signal), after(graceMs, undefined)])
  const closed = new Promise<void>((resolve) => {
    // The `close` method of an HTTP server would also close idle connections, although a request may be arriving on one
    // of them.
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
  // Stop Node's timer, which checks for requests that take too long to arrive.
  server.close()
  await closed
  return finished
}

/**
 * Resolves once the server has emitted none of the events for the given time, and has read everything that arrived
 * during that time.
 */
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
    // Wait for two turns of the event loop, because the first may have begun before the time was over.
    await immediate()
    await immediate()
  } while (heard !== before)
  for (const event of events) server.off(event, hear)
}
