import { connect, createServer, type Socket } from 'node:net'
import { listen } from './listen.ts'

export interface TcpProxy {
  /** The target's URL, by way of the proxy. */
  url: string
  /** Breaks every connection off. */
  cut: () => void
  /** From here on not a byte gets through, and no connection ends. */
  stall: () => void
  /** What was held back gets through after all. */
  resume: () => void
  /** Connections on which no answer is waited for are lost: nothing gets through, and neither end is told. */
  loseIdle: () => void
  /**
   * Breaks off the next connection on which the caller sends something that contains the text: `before`
   * the target has it, or `after`, once the target has answered.
   */
  cutAt: (text: string, when: 'before' | 'after') => void
}

/** A network between a server and its database that can be made to fail; gone after the test. */
export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl)
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
  return {
    url: url.href,
    cut: () => {
      for (const socket of [...pairs].flat()) socket.destroy()
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
