import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** The address that the hostile tenant connects from. The innocent one uses 127.0.0.1. */
const localAddress = '127.0.0.2'
/** How long an attack holds its connections open, in milliseconds. */
const holdMs = 3_000

export interface HostileOptions {
  token: string
  origin: () => string
  until: AbortSignal
}

/** The hostile tenant's application, whose webhook it provisions itself. */
export const hostileApplication = 'hostile'
const webhook = `/api/v1/applications/${hostileApplication}/webhooks/hook_1`
const listing = `/api/v1/applications/${hostileApplication}/webhooks?limit=100`

/** Runs one attack after another until the drill ends. @returns the number of attacks */
export async function attack({ token, origin, until }: HostileOptions): Promise<number> {
  const authorization = `Bearer ${token}`
  const head = (method: string, path: string, others: string) =>
    `${method} ${path} HTTP/1.1\r\nHost: rekey\r\nAuthorization: ${authorization}\r\n${others}\r\n`
  const post = (path: string, body: string) =>
    fetch(`${origin()}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(15_000),
    }).then((response) => response.text())

  const bodiesThatStop = () =>
    hold(
      origin(),
      300,
      head('PATCH', `${webhook}/secret`, 'Content-Type: application/json\r\nContent-Length: 9\r\n') + '{',
    )
  const unreadLists = () => hold(origin(), 60, head('GET', listing, '').repeat(8), { read: false })
  const nonsense = () =>
    hold(origin(), 30, 'CONNECT rekey:443 HTTP/1.1\r\nHost: rekey\r\n\r\n\0\x01\r\nPRI * HTTP/2.0\r\n\r\n')
  const brokenChunks = () =>
    hold(origin(), 30, head('PATCH', `${webhook}/secret`, 'Transfer-Encoding: chunked\r\n') + 'zz\r\n')
  const expensiveVerifications = () => {
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
    }
    const body = JSON.stringify({ headers, payload: 'x'.repeat(1_048_576) })
    return Promise.all(Array.from({ length: 16 }, () => post(`${webhook}/signatures/verify`, body)))
  }
  const rotations = () =>
    Promise.all(
      Array.from({ length: 100 }, () =>
        fetch(`${origin()}${webhook}/secret`, { method: 'PATCH', headers: { authorization } }),
      ),
    )
  const probes = () => Promise.all(Array.from({ length: 32 }, () => post(`${webhook}/probes`, '{}')))
  const invalidTokens = () =>
    Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        fetch(`${origin()}${listing}`, {
          headers: { authorization: `Bearer ${token}x`, 'x-forwarded-for': `10.0.${i >> 8}.${i & 255}` },
        }),
      ),
    )

  const attacks = [
    bodiesThatStop,
    unreadLists,
    nonsense,
    brokenChunks,
    expensiveVerifications,
    rotations,
    probes,
    invalidTokens,
  ]
  let count = 0
  while (!until.aborted) {
    const next = attacks[count % attacks.length]
    // An attack fails if its server is down. The next attack picks a server again.
    await next?.().catch(() => delay(100))
    count++
  }
  return count
}

/**
 * Opens connections, sends the text on each, and closes them after `holdMs`. If `read` is false, never reads the
 * responses.
 */
async function hold(origin: string, connections: number, text: string, { read = true } = {}): Promise<void> {
  const { hostname: host, port } = new URL(origin)
  const sockets = Array.from({ length: connections }, (): Socket => {
    const socket = connect({ host, port: Number(port), localAddress })
    socket.on('error', () => undefined)
    socket.write(text)
    return read ? socket.resume() : socket.pause()
  })
  await delay(holdMs)
  for (const socket of sockets) socket.destroy()
}
