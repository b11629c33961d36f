import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { execute } from '../support/database.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { asReceived, isVerified, oneSignatureSchemes } from '../support/one-signature.ts'
import { liveKeys, newSecret, setUrl } from '../support/probes.ts'
import { startReceiver, startTcpReceiver } from '../support/receivers.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import { overlapOf, selfEnding, start, startProbingServer } from '../support/self-ending.ts'

const day = 86_400

/** Starts another server on the same database, with its clock stopped `seconds` after the first server's start. */
function startBeside(beside: TestServer, seconds: number) {
  return startServer({
    beside,
    now: () => start + seconds * 1_000,
    probeIntervalMs: 20,
    environment: { REKEY_PROBE_ALLOW: '127.0.0.1' },
  })
}

test('two instances on one database send each scheduled probe once', async () => {
  const server = await startProbingServer()
  await startBeside(server, 10)
  await startBeside(server, 10)
  const hooks = Array.from({ length: 12 }, (_, index) => `hook_${index}`)
  const all = []
  for (const hook of hooks) all.push(await selfEnding(server, { hook }))
  await server.at(10)
  for (const { webhook, receiver } of all) {
    expect(await overlapOf(server, webhook)).toMatchObject({ lastProbe: { proven: false } })
    expect(receiver.messages).toHaveLength(3)
  }
})

test('after a crash during a probe, another instance takes over once the lease has expired', async () => {
  const server = await startProbingServer()
  const { webhook, receiver } = await selfEnding(server)
  await server.close()
  // The row that a process leaves if it is killed 10 seconds after the rotation.
  await execute(server.databaseUrl, `update self_ending_overlaps set due_at = ${start + 70_000}`)
  const early = await startBeside(server, 69)
  await delay(300)
  expect(receiver.messages).toEqual([])
  expect(await overlapOf(early, webhook)).toMatchObject({ nextProbeAt: '2026-01-01T00:00:10.000Z' })
  await early.close()
  const late = await startBeside(server, 70)
  await expect
    .poll(() => overlapOf(late, webhook), { timeout: 10_000 })
    .toMatchObject({ lastProbe: { proven: false }, nextProbeAt: '2026-01-01T00:02:00.000Z' })
})

test('an instance that outlives its lease records nothing', async () => {
  let respond: (() => void) | undefined
  const server = await startProbingServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  const receiver = await startReceiver(async ({ headers, body }) => {
    if (!isVerified('github', fresh, asReceived(headers as Record<string, string>), body)) return 401
    await new Promise<void>((resolve) => (respond = resolve))
    return 204
  })
  await setUrl(server, webhook, receiver.url)
  await newSecret(server, webhook)
  const fresh = await newSecret(server, webhook, { endWhenProven: true })
  server.setClock(10)
  await expect.poll(() => respond, { timeout: 10_000 }).toBeDefined()
  // Another instance has claimed the overlap meanwhile.
  await execute(server.databaseUrl, `update self_ending_overlaps set due_at = ${start + 140_000}`)
  respond?.()
  await delay(500)
  expect(await liveKeys(server, webhook)).toBe(2)
  expect(await overlapOf(server, webhook)).toMatchObject({ lastProbe: null })
})

test('a server that stops aborts its probes immediately, and leaves the overlap to the next server', async () => {
  const server = await startProbingServer()
  const { webhook } = await selfEnding(server)
  const silent = await startTcpReceiver(() => undefined)
  await setUrl(server, webhook, silent.url)
  server.setClock(10)
  await expect.poll(silent.connections, { timeout: 10_000 }).toBe(1)
  const began = performance.now()
  await server.close()
  expect(performance.now() - began).toBeLessThan(2_000)
  const next = await startBeside(server, 60)
  expect(await overlapOf(next, webhook)).toMatchObject({ endWhenProven: true, lastProbe: null })
  expect(server.logs.filter(({ level }) => Number(level) >= 40)).toEqual([])
})

test("an application with 10,000 due probes whose receivers never respond delays neither another's probes nor its signatures", async () => {
  const server = await startProbingServer()
  const silent = await startTcpReceiver(() => undefined)
  for (let index = 0; index < 30; index++) {
    const { webhook } = await selfEnding(server, { app: 'hostile', hook: `hook_${index}` })
    await setUrl(server, webhook, silent.url)
  }
  await execute(
    server.databaseUrl,
    `insert into webhooks (application_id, id, url, created_at, updated_at)
     with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 10000)
     select 'hostile', 'many_' || n, '${silent.url}', 0, 0 from numbers`,
  )
  await execute(
    server.databaseUrl,
    `insert into self_ending_overlaps (application_id, webhook_id, key_id, started_at, ends_at, due_at)
     select application_id, id, 'none', 0, ${start + day * 1_000}, ${start + 10_001} from webhooks where id like 'many%'`,
  )
  const bystanders: Awaited<ReturnType<typeof selfEnding>>[] = []
  for (const app of ['aside', 'other', 'zebra']) bystanders.push(await selfEnding(server, { app }))
  /** Signs a message of each bystander a few times. @returns the median of the times it takes, in milliseconds */
  const signingMs = async () => {
    const times: number[] = []
    for (let round = 0; round < 5; round++)
      for (const { webhook } of bystanders) {
        const sent = performance.now()
        await server.api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })
        times.push(performance.now() - sent)
      }
    return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Infinity
  }
  const before = await signingMs()
  const began = performance.now()
  server.setClock(11)
  const during = await signingMs()
  // Without turns, the hostile probes take more than 200 seconds: at most 50 start each second.
  for (const { webhook } of bystanders)
    await expect
      .poll(() => overlapOf(server, webhook), { timeout: 30_000 })
      .toMatchObject({ lastProbe: { proven: false } })
  const tookMs = performance.now() - began
  console.log(
    `probed after ${Math.round(tookMs)} ms; a signature took ${Math.round(before)} ms before and ${Math.round(during)} ms during it`,
  )
  expect(during).toBeLessThan(5 * before + 100)
  // Half of the slots, each with one message at a time, which is given up after 3 seconds.
  await expect.poll(silent.connections, { timeout: 10_000 }).toBeGreaterThanOrEqual(8)
  await delay(500)
  const rounds = Math.floor((performance.now() - began) / 3_000) + 1
  expect(silent.connections()).toBeLessThanOrEqual(8 * rounds)
})

test.each([...oneSignatureSchemes])(
  'with %s, under load, a self-ending overlap loses no delivery that is retried once after the receiver has switched',
  async (scheme) => {
    const payload = '{"type":"invoice.paid"}'
    let known = ''
    const receiver = await startReceiver(({ headers, body }) =>
      isVerified(scheme, known, headers, body) ? 204 : 401,
    )
    const server = await startProbingServer()
    const webhook = await provision(server, 'app_1', 'hook_1', scheme)
    await setUrl(server, webhook, receiver.url)
    known = await newSecret(server, webhook)
    let delivered = 0
    let refused = 0
    let storming = true
    onTestFinished(() => {
      storming = false
    })
    for (let rotation = 0; rotation < 3; rotation++) {
      storming = true
      const waiting: string[] = []
      const storm = Array.from({ length: 3 }, async () => {
        while (storming)
          if (await deliver(server, webhook, receiver.url, payload)) delivered += 1
          else waiting.push(payload)
      })
      const next = await newSecret(server, webhook, { endWhenProven: true })
      const enough = delivered + 6
      await expect.poll(() => delivered, { timeout: 15_000 }).toBeGreaterThan(enough)
      await server.at(rotation * day + 10)
      expect(await liveKeys(server, webhook)).toBe(2)
      expect(waiting).toEqual([])
      known = next
      await expect.poll(() => waiting.length, { timeout: 15_000 }).toBeGreaterThan(0)
      await server.at(rotation * day + 30)
      expect(await liveKeys(server, webhook)).toBe(1)
      storming = false
      await Promise.all(storm)
      refused += waiting.length
      for (const message of waiting) expect(await deliver(server, webhook, receiver.url, message)).toBe(true)
      await server.at((rotation + 1) * day)
    }
    expect(refused).toBeGreaterThan(0)
  },
)

/** Signs and sends a message. @returns whether the receiver accepted it */
async function deliver(server: TestServer, webhook: WebhookPath, url: string, payload: string) {
  const { body } = await server.api('POST', `${webhook}/signatures`, { body: { payload } })
  return (await fetch(url, { method: 'POST', headers: body.headers, body: payload })).status === 204
}
