import type { Server, ServerResponse } from 'node:http'

/**
 * Watches a server, and returns how to close it: running requests are finished, and connections that
 * carry none are cut, also those that Node itself would wait for because nothing was ever sent on them.
 * @returns a function that takes how many milliseconds a request may still run, and tells whether all
 * of them were finished in that time
 */
export function closable(server: Server): (milliseconds: number) => Promise<boolean> {
  const running = new Set<ServerResponse>()
  let whenNoneRuns: (() => void) | undefined
  server.on('request', (_, response) => {
    running.add(response)
    response.once('close', () => {
      running.delete(response)
      if (running.size === 0) whenNoneRuns?.()
    })
  })

  return async (milliseconds) => {
    if (!server.listening) return true
    const closed = new Promise((resolve) => server.close(resolve))
    let timer: NodeJS.Timeout | undefined
    const finished = await new Promise<boolean>((resolve) => {
      whenNoneRuns = () => {
        resolve(true)
      }
      timer = setTimeout(resolve, milliseconds, false)
      if (running.size === 0) resolve(true)
    })
    clearTimeout(timer)
    server.closeAllConnections()
    await closed
    return finished
  }
}
