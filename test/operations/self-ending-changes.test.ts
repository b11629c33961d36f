import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { events, liveKeys, newSecret, probe, setUrl } from '../support/probes.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { execute } from '../support/database.ts'
import { asReceived, isVerified } from '../support/one-signature.ts'
import { startReceiver } from '../support/receivers.ts'
import { provision } from '../support/server.ts'
import {
  overlapOf,
  scheduledEvents,
  selfEnding,
  signedWith,
  startProbingServer,
  type ProbingServer,
} from '../support/self-ending.ts'

/** How long a server takes at most to record a probe, in milliseconds. */
const recordingMs = 500

/**
 * Creates a GitHub webhook in a self-ending overlap, which a single proof would end. Its receiver has switched, and
 * calls `act` before it accepts the first message of the probe 10 seconds later. Resolves after that probe.
 */
async function probedWhile(
  act: (server: ProbingServer, webhook: WebhookPath, url: string) => Promise<unknown>,
) {
  const server = await startProbingServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'github')
  let fresh = ''
  const accepted = Promise.withResolvers<undefined>()
  let acts = true
  const receiver = await startReceiver(async ({ headers, body }) => {
    if (!isVerified('github', fresh, asReceived(headers as Record<string, string>), body)) return 401
    if (acts) await act(server, webhook, receiver.url)
    acts = false
    accepted.resolve(undefined)
    return 204
  })
  await setUrl(server, webhook, receiver.url)
  await newSecret(server, webhook)
  fresh = await newSecret(server, webhook, { endWhenProven: true })
  const { body } = await server.api('GET', `${webhook}/secret`)
  await server.at(10)
  await accepted.promise
  await delay(recordingMs)
  return { server, webhook, fingerprint: body.current?.keyFingerprint }
}

const put = (server: ProbingServer, webhook: WebhookPath, body: object) =>
  server.api('PUT', webhook, { body })

test('the first proof ends the overlap of a scheme that carries one signature', async () => {
  const { server, webhook, fingerprint } = await probedWhile(() => Promise.resolve())
  expect(await liveKeys(server, webhook)).toBe(1)
  expect(await scheduledEvents(server, webhook)).toEqual([
    ['receiver.probed', 'proven: current accepted, random refused'],
    ['secret.previous_revoked', `a scheduled probe proved the receiver; ${fingerprint} signs alone`],
  ])
})

test('the first proof ends the overlap of a Paddle webhook', async () => {
  const server = await startProbingServer()
  const webhook = await provision(server, 'app_1', 'hook_1', 'paddle')
  const answers = [401, 204]
  const receiver = await startReceiver(() => answers.shift() ?? 500)
  await put(server, webhook, { url: receiver.url })
  await newSecret(server, webhook)
  await newSecret(server, webhook, { endWhenProven: true })
  await server.at(10)
  expect(await liveKeys(server, webhook)).toBe(1)
})

test.each<[string, object]>([
  ['URL', { url: 'https://moved.example/' }],
  ['signature scheme', { signatureScheme: 'stripe' }],
  ['signature header', { signatureHeader: 'X-Renamed' }],
])('if the %s changes during a probe, the probe proves nothing', async (_, change) => {
  const { server, webhook } = await probedWhile((server, webhook, url) =>
    put(server, webhook, { url, ...change }),
  )
  expect(await liveKeys(server, webhook)).toBe(2)
  expect(await overlapOf(server, webhook)).toMatchObject({ endWhenProven: true, lastProbe: null })
  expect(await scheduledEvents(server, webhook)).toEqual([])
})

test('if only the description changes during a probe, the proof counts', async () => {
  const { server, webhook } = await probedWhile((server, webhook, url) =>
    put(server, webhook, { url, description: 'orders' }),
  )
  expect(await liveKeys(server, webhook)).toBe(1)
})

test.each([true, false])(
  'if a rotation with endWhenProven: %s runs during a probe, the probe proves nothing, and the rotation decides how the overlap ends',
  async (endWhenProven) => {
    const { server, webhook } = await probedWhile((server, webhook) =>
      newSecret(server, webhook, { endWhenProven }),
    )
    expect(await liveKeys(server, webhook)).toBe(3)
    expect(await overlapOf(server, webhook)).toMatchObject({ endWhenProven, lastProbe: null })
    await server.at(30)
    expect(await liveKeys(server, webhook)).toBe(3)
  },
)

test('if the previous keys are revoked during a probe, the probe records nothing', async () => {
  const { server, webhook } = await probedWhile((server, webhook) =>
    server.api('DELETE', `${webhook}/secret/previous`),
  )
  expect(await overlapOf(server, webhook)).toBeNull()
  expect(await scheduledEvents(server, webhook)).toEqual([])
})

test.each(['webhook', 'application'])(
  'if the %s is deleted during a probe, nothing is recorded',
  async (what) => {
    const { server, webhook } = await probedWhile((server, webhook) =>
      server.api('DELETE', what === 'webhook' ? webhook : '/applications/app_1'),
    )
    expect((await events(server, webhook)).map(({ type }) => type)[0]).toBe('webhook.deleted')
    expect(server.logs.filter(({ level }) => Number(level) >= 50)).toEqual([])
  },
)

test('if the webhook is deleted and created again during a probe, nothing is recorded', async () => {
  const { server, webhook } = await probedWhile(async (server, webhook, url) => {
    await server.api('DELETE', webhook)
    await put(server, webhook, { url, signatureScheme: 'github' })
    await newSecret(server, webhook)
    await newSecret(server, webhook)
  })
  expect(await liveKeys(server, webhook)).toBe(2)
  expect(await scheduledEvents(server, webhook)).toEqual([])
})

test('a proof about another URL does not count toward the three', async () => {
  const server = await startProbingServer()
  const { webhook, fresh, switchTo } = await selfEnding(server)
  switchTo(fresh)
  for (const time of [10, 30, 60, 120]) await server.at(time)
  await setUrl(server, webhook, (await startReceiver(signedWith(fresh))).url)
  for (const time of [300, 600]) await server.at(time)
  expect(await liveKeys(server, webhook)).toBe(2)
  await server.at(900)
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('a rotation without endWhenProven ends the scheduled probes', async () => {
  const server = await startProbingServer()
  const { webhook, receiver } = await selfEnding(server)
  await newSecret(server, webhook)
  expect(await overlapOf(server, webhook)).toMatchObject({ endWhenProven: false, nextProbeAt: null })
  await server.at(10)
  expect(receiver.messages).toEqual([])
})

/** Makes a change as an instance does that does not know self-ending overlaps: it leaves their table as it was. */
async function asOlderInstance({ databaseUrl }: ProbingServer, change: () => Promise<unknown>) {
  await execute(databaseUrl, 'create table kept as select * from self_ending_overlaps')
  await change()
  await execute(databaseUrl, 'insert into self_ending_overlaps select * from kept')
  await execute(databaseUrl, 'drop table kept')
}

test('a rotation by an instance that does not know self-ending overlaps ends the scheduled probes', async () => {
  const server = await startProbingServer()
  const { webhook, receiver } = await selfEnding(server)
  await asOlderInstance(server, () => newSecret(server, webhook))
  expect(await overlapOf(server, webhook)).toMatchObject({ endWhenProven: false, nextProbeAt: null })
  await server.at(10)
  expect(receiver.messages).toEqual([])
  await server.at(86_400)
  expect(await scheduledEvents(server, webhook)).toEqual([])
})

test('a revocation by an instance that does not know self-ending overlaps ends them without another event', async () => {
  const server = await startProbingServer()
  const { webhook, receiver } = await selfEnding(server)
  await asOlderInstance(server, () => server.api('DELETE', `${webhook}/secret/previous`))
  expect(await overlapOf(server, webhook)).toBeNull()
  await server.at(10)
  const { length } = receiver.messages
  await server.at(86_400)
  expect(receiver.messages).toHaveLength(length)
  expect(await scheduledEvents(server, webhook)).toEqual([])
})

test.each(['api', 'probe'])(
  'a revocation by request (%s) ends the scheduled probes without another event',
  async (how) => {
    const server = await startProbingServer()
    const { webhook, fresh, receiver, switchTo } = await selfEnding(server)
    switchTo(fresh)
    if (how === 'api') await server.api('DELETE', `${webhook}/secret/previous`)
    else expect((await probe(server, webhook, { endOverlap: true })).body.revokedKeys).toHaveLength(1)
    const { length } = receiver.messages
    await server.at(10)
    await server.at(86_400)
    expect(receiver.messages).toHaveLength(length)
    expect(await scheduledEvents(server, webhook)).toEqual([])
  },
)

test('while the current key has no secret, no probe is sent, and the overlap lasts until its scheduled end', async () => {
  const server = await startProbingServer()
  const { webhook, receiver } = await selfEnding(server, { overlapSeconds: 3_600 })
  await execute(
    server.databaseUrl,
    'update signing_keys set sealed_secret = null, sealed_by = null where expires_at is null',
  )
  await server.at(10)
  expect(receiver.messages).toEqual([])
  expect(await overlapOf(server, webhook)).toMatchObject({ endWhenProven: true, lastProbe: null })
  await server.at(3_600)
  expect(await scheduledEvents(server, webhook)).toEqual([
    ['overlap.expired', 'no scheduled probe was completed'],
  ])
})

test('while the current secret cannot be unsealed, probes fail by the usual schedule, and the log says so once', async () => {
  const server = await startProbingServer()
  const { webhook } = await selfEnding(server)
  await execute(
    server.databaseUrl,
    "update signing_keys set sealed_secret = 'e30..x.x.x' where expires_at is null",
  )
  for (const time of [10, 30, 60]) await server.at(time)
  expect(await overlapOf(server, webhook)).toMatchObject({
    lastProbe: { at: '2026-01-01T00:01:00.000Z', proven: false },
    nextProbeAt: '2026-01-01T00:02:00.000Z',
  })
  expect(await scheduledEvents(server, webhook)).toEqual([
    ['receiver.probed', 'not proven: the current secret cannot be unsealed'],
  ])
  const errors = server.logs.filter(({ error }) => error !== undefined)
  expect(errors).toEqual([expect.objectContaining({ error: expect.objectContaining({ type: 'SealError' }) })])
})

test('a receiver at a non-public address gets no probe, and the audit trail names REKEY_PROBE_ALLOW', async () => {
  const server = await startProbingServer({ environment: { REKEY_PROBE_ALLOW: '' } })
  const { webhook, receiver } = await selfEnding(server)
  await server.at(10)
  expect(receiver.connections()).toBe(0)
  expect(await scheduledEvents(server, webhook)).toEqual([
    ['receiver.probed', 'not proven: random url_refused; see REKEY_PROBE_ALLOW'],
  ])
})

test('probes that were due while no server ran are skipped', async () => {
  const server = await startProbingServer()
  const { webhook, receiver } = await selfEnding(server)
  await server.at(1_000)
  expect(new Set(receiver.messages.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(1)
  expect(await overlapOf(server, webhook)).toMatchObject({ nextProbeAt: '2026-01-01T00:20:00.000Z' })
})

test('proofs before and after a clock jump together do not end the overlap', async () => {
  const server = await startProbingServer({ uptime: () => 0 })
  const { webhook, fresh, switchTo } = await selfEnding(server)
  switchTo(fresh)
  for (const time of [10, 30, 60, 7_200, 9_000]) await server.at(time)
  expect(await liveKeys(server, webhook)).toBe(2)
  expect(await overlapOf(server, webhook)).toMatchObject({ lastProbe: { proven: true } })
})
