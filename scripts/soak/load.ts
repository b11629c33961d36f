import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/** The number of concurrent requests. */
const lanes = 8
/** After this many rotations, a webhook is deleted and replaced by a new one. */
const rotationsOfOne = 40
const payload = JSON.stringify({ type: 'invoice.paid', data: { id: 'in_1', note: 'x'.repeat(2_000) } })

/** Counts the responses by request and status, and the aborted requests. */
export type Tally = Map<string, number>

/** The state of one sequence of requests, sent one at a time to a webhook that no other lane uses. */
interface Lane {
  number: number
  webhooks: number
  rotations: number
  etag: string
}

type Act = (lane: Lane) => Promise<unknown>

/**
 * Sends a random mix of rotations, signatures, verifications, lists, revocations, invalid requests and aborted requests
 * until `signal` aborts, eight requests at a time.
 * @throws Error on the first unexpected status
 */
export async function runLoad(origin: string, token: string, signal: AbortSignal): Promise<Tally> {
  const tally: Tally = new Map()
  const authorization = `Bearer ${token}`

  const send = async (
    what: string,
    expected: number[],
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<{ headers: Headers; text: string }> => {
    const response = await fetch(`${origin}/api/v1/applications/soak${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const { status } = response
    if (!expected.includes(status)) throw new Error(`${what}: unexpected status ${status}: ${text}`)
    count(tally, `${what} ${status}`)
    return { headers: response.headers, text }
  }

  const acts: [weight: number, Act][] = [
    [
      12,
      async (lane) => {
        const { headers } = await send('rotate', [200], 'PATCH', `${path(lane)}/secret`, {
          body: { overlapSeconds: lane.rotations % 4 === 0 ? 0 : 60, reason: 'soak' },
          ...(lane.rotations % 3 === 0 && {
            headers: { 'idempotency-key': `${path(lane)}-${lane.rotations}` },
          }),
        })
        lane.etag = headers.get('etag') ?? ''
        if (++lane.rotations === rotationsOfOne) await replace(lane)
      },
    ],
    [
      25,
      async (lane) => {
        await send('sign', [200, 409], 'POST', `${path(lane)}/signatures`, { body: { payload } })
      },
    ],
    [
      15,
      async (lane) => {
        if (lane.rotations === 0) return
        const signed = await send('sign', [200], 'POST', `${path(lane)}/signatures`, { body: { payload } })
        const { headers } = JSON.parse(signed.text) as { headers: Record<string, string> }
        await send('verify', [200], 'POST', `${path(lane)}/signatures/verify`, { body: { headers, payload } })
      },
    ],
    [6, (lane) => send('get secret', [200], 'GET', `${path(lane)}/secret`)],
    [6, () => send('list webhooks', [200], 'GET', '/webhooks?limit=20')],
    [4, (lane) => send('list events', [200], 'GET', `${path(lane)}/events?limit=20`)],
    [4, (lane) => send('revoke', [200], 'DELETE', `${path(lane)}/secret/previous`)],
    [
      2,
      (lane) =>
        send('revoke by a stale tag', [412], 'DELETE', `${path(lane)}/secret/previous`, {
          headers: { 'if-match': '"key_stale"' },
        }),
    ],
    [
      3,
      () =>
        send('without a token', [401, 429], 'GET', '/webhooks', {
          headers: { authorization: 'Bearer nonsense', 'x-forwarded-for': anyAddress() },
        }),
    ],
    [3, () => send('get what is not there', [404], 'GET', `/webhooks/none-${Math.random()}`)],
    [
      3,
      (lane) => send('rotate with a wrong body', [400], 'PATCH', `${path(lane)}/secret`, { body: '{"over' }),
    ],
    [2, (lane) => send('too large', [413], 'PATCH', `${path(lane)}/secret`, { body: 'x'.repeat(70_000) })],
    [2, (lane) => leave(origin, head(authorization, 'PATCH', `${path(lane)}/secret`, 1_000) + '{"reason"')],
    [2, () => leave(origin, head(authorization, 'GET', '/webhooks?limit=100', 0))],
    [1, () => leave(origin, 'GET / HTTP/1.1\r\nhost')],
    [1, () => leave(origin, '\0\x01 no HTTP at all\r\n\r\n')],
  ]
  const deck = acts.flatMap(([weight, act]) => Array.from({ length: weight }, () => act))

  const create = (lane: Lane) =>
    send('put', [201], 'PUT', path(lane), { body: { url: 'https://merchant.example/' } })

  async function replace(lane: Lane): Promise<void> {
    await send('delete', [204], 'DELETE', path(lane))
    lane.webhooks++
    lane.rotations = 0
    await create(lane)
  }

  await send('put', [200, 201], 'PUT', '', { body: {} })
  await Promise.all(
    Array.from({ length: lanes }, async (_, number) => {
      const lane: Lane = { number, webhooks: 0, rotations: 0, etag: '' }
      await create(lane)
      while (!signal.aborted) {
        const act = deck[Math.floor(Math.random() * deck.length)]
        await act?.(lane)
        await turn()
      }
    }),
  )
  return tally

  function leave(to: string, text: string): Promise<void> {
    count(tally, 'aborted')
    return leaveAfter(to, text)
  }
}

function path({ number, webhooks }: Lane): string {
  return `/webhooks/hook-${number}-${webhooks}`
}

function count(tally: Tally, what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1)
}

/** Returns a random address, to test that the server's counters of failed authentications do not leak memory. */
function anyAddress(): string {
  return [10, 0, 0, 0].map((first) => first || Math.floor(Math.random() * 256)).join('.')
}

function head(authorization: string, method: string, under: string, length: number): string {
  return (
    `${method} /api/v1/applications/soak${under} HTTP/1.1\r\nhost: soak\r\nauthorization: ${authorization}\r\n` +
    `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`
  )
}

/** Sends the text, then resets the connection without waiting for a response. */
function leaveAfter(origin: string, text: string): Promise<void> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(text, () => socket.resetAndDestroy())
    })
    socket.on('error', () => undefined)
    socket.once('close', () => {
      resolve()
    })
  })
}
