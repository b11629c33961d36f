import { Webhook } from 'standardwebhooks'
import { expect } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { openDatabase } from './database.ts'
import type { WebhookPath } from './documented-body.ts'
import { events, newSecret, setUrl, startProbeServer } from './probes.ts'
import { startReceiver, type ReceivedMessage } from './receivers.ts'
import { provision, type ServerOptions, type TestServer } from './server.ts'

export const start = Date.parse('2026-01-01T00:00:00Z')

/** A server that makes scheduled probes, whose clock the test sets. */
export interface ProbingServer extends TestServer {
  /** Sets the clock to this many seconds after its start. */
  setClock: (seconds: number) => void
  /** Sets the clock, and waits until all work due by then is done. */
  at: (seconds: number) => Promise<void>
}

/** Starts a server whose clock stays at `start` until the test moves it. */
export async function startProbingServer(options: ServerOptions = {}): Promise<ProbingServer> {
  let now = start
  const server = await startProbeServer({ now: () => now, probeIntervalMs: 20, ...options })
  const store = await openDatabase(server.databaseUrl)
  const setClock = (seconds: number) => {
    now = start + seconds * 1_000
  }
  return {
    ...server,
    setClock,
    async at(seconds) {
      setClock(seconds)
      await expect
        .poll(async () => (await nextTimes(store)).filter((time) => time <= now), {
          timeout: 20_000,
          interval: 20,
        })
        .toEqual([])
    },
  }
}

/** Lists when each self-ending overlap is next due. During a probe, that is the time of the probe. */
async function nextTimes(store: Store): Promise<number[]> {
  const rows = await store.read(
    (queries) => queries.selectFrom('self_ending_overlaps').select(['next_probe_at', 'ends_at']).execute(),
    AbortSignal.timeout(10_000),
  )
  return rows.map(({ next_probe_at: next, ends_at: end }) => next ?? end)
}

/**
 * Like `verifiedWith`, but does not compare the message's time with the machine's clock. Compares the signature with
 * that of the Standard Webhooks library.
 */
export function signedWith(...secrets: string[]): (message: ReceivedMessage) => number {
  return ({ headers, body }) => {
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headers
    const sign = (secret: string) =>
      new Webhook(secret).sign(String(id), new Date(Number(time) * 1_000), body)
    return secrets.some((secret) => sign(secret) === signature) ? 204 : 401
  }
}

/** Creates a webhook in a self-ending overlap. Its receiver verifies with `known`, at first the old secret alone. */
export async function selfEnding(
  server: TestServer,
  { scheme, hook = 'hook_1', app = 'app_1', overlapSeconds = 86_400 }: Situation = {},
) {
  const webhook = await provision(server, app, hook, scheme)
  const known = new Set<string>()
  const old = await newSecret(server, webhook)
  known.add(old)
  const receiver = await startReceiver((message) => signedWith(...known)(message))
  await setUrl(server, webhook, receiver.url)
  const fresh = await newSecret(server, webhook, { endWhenProven: true, overlapSeconds })
  const switchTo = (...secrets: string[]) => {
    known.clear()
    for (const secret of secrets) known.add(secret)
  }
  return { webhook, old, fresh, receiver, known, switchTo }
}

interface Situation {
  scheme?: string
  hook?: string
  app?: string
  overlapSeconds?: number
}

export async function overlapOf(server: TestServer, webhook: WebhookPath) {
  return (await server.api('GET', `${webhook}/secret`)).body.overlap
}

/** Returns type and reason of the events that scheduled probes caused, oldest first. */
export async function scheduledEvents(server: TestServer, webhook: WebhookPath) {
  const items = await events(server, webhook)
  return items
    .filter(({ actor }) => actor === 'rekey serve')
    .map(({ type, reason }) => [type, reason])
    .reverse()
}

/** Returns how many seconds after the server's start each message arrived, by the clock of the message itself. */
export function timesOf(messages: readonly ReceivedMessage[]): number[] {
  const seconds = messages.map(
    ({ body }) => (Date.parse((JSON.parse(body) as { timestamp: string }).timestamp) - start) / 1_000,
  )
  return [...new Set(seconds)]
}
