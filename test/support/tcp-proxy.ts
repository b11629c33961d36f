import { connect, createServer, type Socket } from 'node:net'
import { listen } from './listen.ts'

export interface TcpProxy {
  /** The target's URL with the proxy's port. */
  url: string
  /** Closes every connection. */
  cut: () => void
  /** Closes every connection, and refuses new ones. */
  goDown: () => void
  /** Closes every connection. New connections lead to another target. */
  moveTo: (targetUrl: string) => void
  /** Stops the traffic on every connection, including new ones, without closing any. */
  stall: () => void
  /** Resumes the traffic, starting with the data held back. */
  resume: () => void
  /** Silently stops the traffic on connections that are not waiting for a response. */
  loseIdle: () => void
  /**
   * Closes the next connection that carries the text to the target: `before` the target receives the text, or `after`
   * the target has responded, without forwarding the response.
   */
  cutAt: (text: string, when: 'before' | 'after') => void
}

/** Starts a proxy that simulates network failures between a server and its database. It runs until the test ends. */
export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  let target = new URL(targetUrl)
  const pairs = new Set<[Socket, Socket]>()
  const answering = new Set<[Socket, Socket]>()
  let stalled = false
  let trap: { text: string; when: 'before' | 'after' } | undefined

  const proxy = createServer((caller) => {
    const upstream = connect(Number(target.port), target.hostname)
    const pair: [Socket, Socket] = [caller, upstream]
    pairs.add(pair)
    let cutAfterAnswer = false
    const end = () => {
      pairs.delete(pair)
      answering.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    caller.on('data', (data) => {
      if (trap && data.includes(trap.text)) {
        const { when } = trap
        trap = undefined
        if (when === 'before') {
          end()
          return
        }
        cutAfterAnswer = true
      }
      answering.add(pair)
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      answering.delete(pair)
      if (cutAfterAnswer) end()
      else caller.write(data)
    })
    if (stalled) for (const socket of pair) socket.pause()
  })
  const url = new URL(targetUrl)
  url.port = String(await listen(proxy))
  const cut = () => {
    for (const socket of [...pairs].flat()) socket.destroy()
  }
  return {
    url: url.href,
    cut,
    goDown: () => {
      proxy.close()
      cut()
    },
    moveTo: (targetUrl) => {
      target = new URL(targetUrl)
      cut()
    },
    stall: () => {
      stalled = true
      for (const socket of [...pairs].flat()) socket.pause()
    },
    resume: () => {
      stalled = false
      for (const socket of [...pairs].flat()) socket.resume()
    },
    loseIdle: () => {
      for (const pair of pairs) if (!answering.has(pair)) for (const socket of pair) socket.pause()
    },
    cutAt: (text, when) => {
      trap = { text, when }
    },
  }
}
