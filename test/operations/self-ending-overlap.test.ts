import { expect, test } from 'vitest'
import { events, liveKeys, newSecret, rotate, setUrl } from '../support/probes.ts'
import { startReceiver } from '../support/receivers.ts'
import { provision } from '../support/server.ts'
import {
  overlapOf,
  scheduledEvents,
  selfEnding,
  signedWith,
  start,
  startProbingServer,
  timesOf,
} from '../support/self-ending.ts'

const minute = 60
const hour = 60 * minute

function iso(seconds: number): string {
  return new Date(start + seconds * 1_000).toISOString()
}

test('while the receiver has not switched, Rekey probes it after 10 s, 30 s, 1, 2 and 5 min, every 5 min for an hour, then every 30 min until the overlap ends', async () => {
  const server = await startProbingServer()
  const { webhook, receiver } = await selfEnding(server, { overlapSeconds: 2.5 * hour })
  const expected = [10, 30, minute, 2 * minute, 5 * minute]
  for (let time = 10 * minute; time <= 65 * minute; time += 5 * minute) expected.push(time)
  expected.push(95 * minute, 125 * minute)
  for (const time of expected) {
    expect(await overlapOf(server, webhook)).toMatchObject({ nextProbeAt: iso(time) })
    await server.at(time - 1)
    await server.at(time)
    expect(await overlapOf(server, webhook)).toMatchObject({
      endsAt: iso(2.5 * hour),
      endWhenProven: true,
      lastProbe: { at: iso(time), proven: false },
    })
  }
  expect(await overlapOf(server, webhook)).toMatchObject({ nextProbeAt: null })
  await server.at(2.5 * hour)
  expect(timesOf(receiver.messages)).toEqual(expected)
  expect(await overlapOf(server, webhook)).toBeNull()
  expect(await scheduledEvents(server, webhook)).toEqual([
    ['receiver.probed', 'not proven: current refused, random refused'],
    ['overlap.expired', 'last scheduled probe: not proven: current refused, random refused'],
  ])
})

test('three proofs in a row over at least 5 minutes end the overlap, and the audit trail says so', async () => {
  const server = await startProbingServer()
  const { webhook, old, fresh, switchTo } = await selfEnding(server)
  const { body: before } = await server.api('GET', `${webhook}/secret`)
  await server.at(10)
  switchTo(old, fresh)
  for (const time of [30, minute, 2 * minute, 5 * minute]) {
    await server.at(time)
    expect(await overlapOf(server, webhook)).toMatchObject({ lastProbe: { at: iso(time), proven: true } })
    expect(await liveKeys(server, webhook)).toBe(2)
  }
  await server.at(10 * minute)
  expect(await liveKeys(server, webhook)).toBe(1)
  expect(await overlapOf(server, webhook)).toBeNull()
  expect(await scheduledEvents(server, webhook)).toEqual([
    ['receiver.probed', 'not proven: current refused, random refused'],
    ['receiver.probed', 'proven: current accepted, random refused'],
    ['secret.previous_revoked', `5 scheduled probes in a row proved the receiver since ${iso(30)}`],
  ])
  const [ended] = await events(server, webhook)
  expect(ended).toMatchObject({
    at: iso(10 * minute),
    requestId: null,
    key: null,
    endedKeys: [{ id: before.previous[0]?.id, revokedAt: iso(10 * minute) }],
  })
})

test('a probe that proves nothing resets the count of proofs', async () => {
  const server = await startProbingServer()
  const { webhook, old, fresh, switchTo } = await selfEnding(server)
  switchTo(fresh)
  for (const time of [10, 30, minute, 2 * minute]) await server.at(time)
  switchTo(old)
  await server.at(5 * minute)
  switchTo(fresh)
  for (const time of [10, 15]) await server.at(time * minute)
  expect(await liveKeys(server, webhook)).toBe(2)
  await server.at(20 * minute)
  expect(await liveKeys(server, webhook)).toBe(1)
})

test('a flapping receiver never ends the overlap', async () => {
  const server = await startProbingServer()
  const { webhook, old, fresh, switchTo } = await selfEnding(server, { overlapSeconds: hour })
  for (const [index, time] of [10, 30, 60, 120, 300, 600, 900, 1200, 1500, 1800, 2100, 2400].entries()) {
    switchTo(index % 3 === 2 ? old : fresh)
    await server.at(time)
  }
  expect(await liveKeys(server, webhook)).toBe(2)
})

test('a receiver with two alternating instances, only one of which has switched, never ends the overlap', async () => {
  const server = await startProbingServer()
  const { webhook, old, fresh } = await selfEnding(server, { overlapSeconds: 3 * hour })
  let turn = 0
  const instances = [signedWith(old), signedWith(fresh)]
  const balancer = await startReceiver((message) => instances[turn++ % 2]?.(message) ?? 500)
  await setUrl(server, webhook, balancer.url)
  const times = [10, 30, 60, 120, ...Array.from({ length: 13 }, (_, index) => (index + 1) * 300), 5700, 7500]
  for (const time of times) await server.at(time)
  expect(await liveKeys(server, webhook)).toBe(2)
})

test('a receiver that accepts everything never ends the overlap, and gets no message signed with the current key', async () => {
  const server = await startProbingServer()
  const { webhook, fresh } = await selfEnding(server)
  const open = await startReceiver(() => 204)
  await setUrl(server, webhook, open.url)
  for (const time of [10, 30, 60, 120, 300, 600]) await server.at(time)
  expect(await liveKeys(server, webhook)).toBe(2)
  expect(open.messages.map(signedWith(fresh))).toEqual(open.messages.map(() => 401))
  expect(await scheduledEvents(server, webhook)).toEqual([['receiver.probed', 'not proven: random accepted']])
})

test.each(['before', 'after'])(
  'a receiver that drops duplicate bodies %s verifying them ends the overlap only after it has switched',
  async (when) => {
    const server = await startProbingServer()
    const { webhook, old, fresh } = await selfEnding(server)
    let verified = signedWith(old)
    const seen = new Set<string>()
    const receiver = await startReceiver((message) => {
      if (seen.has(message.body)) return 204
      if (when === 'before') seen.add(message.body)
      const status = verified(message)
      if (status === 204) seen.add(message.body)
      return status
    })
    await setUrl(server, webhook, receiver.url)
    for (const time of [10, 30, 60, 120, 300, 600, 900]) await server.at(time)
    expect(await liveKeys(server, webhook)).toBe(2)
    verified = signedWith(fresh)
    for (const time of [1200, 1500, 1800]) await server.at(time)
    expect(await liveKeys(server, webhook)).toBe(1)
  },
)

test('sends the message signed with a random key first, and those signed with the current key only after its verdict', async () => {
  const server = await startProbingServer()
  const { webhook, fresh } = await selfEnding(server)
  const log: string[] = []
  const receiver = await startReceiver(async (message) => {
    const status = signedWith(fresh)(message)
    log.push(`${status} begins`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    log.push(`${status} ends`)
    return status
  })
  await setUrl(server, webhook, receiver.url)
  await server.at(10)
  expect(log.slice(0, 3)).toEqual(['401 begins', '401 ends', '204 begins'])
})

test('without an older live key, endWhenProven has no effect', async () => {
  const server = await startProbingServer()
  const webhook = await provision(server)
  expect((await rotate(server, webhook, { endWhenProven: true })).status).toBe(200)
  expect(await overlapOf(server, webhook)).toBeNull()
  expect((await events(server, webhook))[0]?.reason).toBeNull()
})

test('the audit trail records that a rotation started a self-ending overlap', async () => {
  const server = await startProbingServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  await newSecret(server, webhook, { endWhenProven: true, reason: 'planned' })
  expect((await events(server, webhook))[0]?.reason).toBe(
    'planned; the overlap ends once the receiver is proven',
  )
})

test('endWhenProven with an overlap of 0 is refused and rotates nothing', async () => {
  const server = await startProbingServer({ environment: { REKEY_OVERLAP_SECONDS: '0' } })
  const webhook = await provision(server)
  const given = await rotate(server, webhook, { endWhenProven: true, overlapSeconds: 0 })
  expect([given.status, given.body]).toMatchObject([
    400,
    { message: 'body/endWhenProven needs an overlap, and overlapSeconds 0 leaves none; remove one of them' },
  ])
  const byDefault = await rotate(server, webhook, { endWhenProven: true })
  expect([byDefault.status, byDefault.body]).toMatchObject([
    400,
    { message: expect.stringContaining('add overlapSeconds, because REKEY_OVERLAP_SECONDS is 0') },
  ])
  expect(await liveKeys(server, webhook)).toBe(0)
})

test('reusing an Idempotency-Key with a different endWhenProven is a different request', async () => {
  const server = await startProbingServer()
  const webhook = await provision(server)
  await newSecret(server, webhook)
  const send = (body: object) =>
    server.api('PATCH', `${webhook}/secret`, { body, headers: { 'idempotency-key': '"one"' } })
  const first = await send({ endWhenProven: true })
  expect((await send({ endWhenProven: false })).status).toBe(422)
  expect((await send({})).status).toBe(422)
  expect((await send({ endWhenProven: true })).body).toEqual(first.body)
  expect(await overlapOf(server, webhook)).toMatchObject({ endWhenProven: true })
})

test('an overlap without endWhenProven shows when it ends, and is not probed', async () => {
  const server = await startProbingServer()
  const webhook = await provision(server)
  const receiver = await startReceiver(() => 401)
  await setUrl(server, webhook, receiver.url)
  await newSecret(server, webhook)
  await newSecret(server, webhook, { overlapSeconds: 120 })
  await newSecret(server, webhook, { overlapSeconds: 60 })
  expect(await overlapOf(server, webhook)).toEqual({
    endsAt: iso(120),
    endWhenProven: false,
    lastProbe: null,
    nextProbeAt: null,
  })
  await server.at(30)
  expect(receiver.messages).toEqual([])
})

test('after a scheduled probe, a GET with If-None-Match returns the state again', async () => {
  const server = await startProbingServer()
  const { webhook } = await selfEnding(server)
  const { headers } = await server.api('GET', `${webhook}/secret`)
  const again = () =>
    server.api('GET', `${webhook}/secret`, { headers: { 'if-none-match': headers.get('etag') ?? '' } })
  expect((await again()).status).toBe(304)
  await server.at(10)
  expect((await again()).status).toBe(200)
})
