import { afterEach, expect, test, vi } from 'vitest'
import { execute } from '../../support/database.ts'
import { invite, rotateWith } from '../../support/invitations.ts'
import { readKeyGauges } from '../../support/metrics.ts'
import { rotate } from '../../support/probes.ts'
import { selfEnding, startProbingServer } from '../../support/self-ending.ts'
import { provision, startServer } from '../../support/server.ts'

const dayMs = 86_400_000
const noSelfEnding = { rekey_proven_overlaps: 0, rekey_unproven_overlaps: 0 }

/** Stops the monotonic clock. @returns a function that moves it forward, by milliseconds */
function stopClock(): (milliseconds: number) => void {
  // Whole, because the sum of two fractions can be rounded up.
  let time = Math.ceil(performance.now())
  vi.spyOn(performance, 'now').mockImplementation(() => time)
  return (milliseconds) => {
    time += milliseconds
  }
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('without keys, /metrics has counts of 0 and neither an age nor a time', async () => {
  const server = await startServer()
  await provision(server)
  expect(await readKeyGauges(server)).toEqual({
    rekey_database_up: 1,
    rekey_open_overlaps: 0,
    ...noSelfEnding,
    rekey_lost_secrets: 0,
    rekey_open_invitations: 0,
  })
})

test('/metrics has the age of the oldest current key, the open overlaps and the time to the end of the next one', async () => {
  let time = Date.now()
  const server = await startServer({ now: () => time })
  const [first, second] = [await provision(server), await provision(server, 'app_1', 'hook_2')]
  await rotate(server, first)
  time += 2 * dayMs
  await rotate(server, second)
  await rotate(server, second, { overlapSeconds: 3_600 })
  time += 1_000
  expect(await readKeyGauges(server)).toEqual({
    rekey_database_up: 1,
    rekey_oldest_current_key_age_seconds: 172_801,
    rekey_open_overlaps: 1,
    rekey_time_to_next_overlap_end_seconds: 3_599,
    ...noSelfEnding,
    rekey_lost_secrets: 0,
    rekey_open_invitations: 0,
  })
})

test('/metrics counts the self-ending overlaps by the result of their last probe, and shows when the next unproven one ends', async () => {
  const server = await startProbingServer()
  const proven = await selfEnding(server, { hook: 'proven' })
  await selfEnding(server, { hook: 'unproven', overlapSeconds: 7_200 })
  await selfEnding(server, { hook: 'revoked', overlapSeconds: 600 })
  await rotate(server, await provision(server, 'app_1', 'plain'))
  proven.switchTo(proven.fresh)
  await server.at(10)
  await server.api('DELETE', '/applications/app_1/webhooks/revoked/secret/previous')
  expect(await readKeyGauges(server)).toMatchObject({
    rekey_open_overlaps: 2,
    rekey_proven_overlaps: 1,
    rekey_unproven_overlaps: 1,
    rekey_time_to_next_unproven_overlap_end_seconds: 7_190,
  })
})

test('/metrics counts the keys that lost their secret', async () => {
  const server = await startServer()
  await rotate(server, await provision(server))
  await execute(server.databaseUrl, 'update signing_keys set sealed_secret = null, sealed_by = null')
  expect(await readKeyGauges(server)).toEqual({
    rekey_database_up: 1,
    rekey_open_overlaps: 0,
    ...noSelfEnding,
    rekey_lost_secrets: 1,
    rekey_open_invitations: 0,
  })
})

test('/metrics counts the invitations that are neither used, revoked nor expired', async () => {
  let time = Date.now()
  const server = await startServer({ now: () => time })
  const webhook = await provision(server)
  const [used, revoked] = [await invite(server, webhook), await invite(server, webhook)]
  await rotateWith(server, webhook, used.token)
  await server.api('DELETE', `${webhook}/secret/invitations/${revoked.id}`)
  await invite(server, webhook, { expiresInSeconds: 300 })
  time += 300_000
  await invite(server, webhook)
  expect(await readKeyGauges(server)).toMatchObject({ rekey_open_invitations: 1 })
})

test('all instances on one database show the same values', async () => {
  const first = await startServer()
  const second = await startServer({ beside: first })
  const webhook = await provision(first)
  for (const overlapSeconds of [0, 600, 600]) await rotate(first, webhook, { overlapSeconds })
  const [one = {}, other = {}] = await Promise.all([first, second].map(readKeyGauges))
  expect(one).toMatchObject({ rekey_database_up: 1, rekey_open_overlaps: 2 })
  expect(Object.keys(other)).toEqual(Object.keys(one))
  for (const [name, value] of Object.entries(one))
    expect(Math.abs((other[name] ?? 0) - value)).toBeLessThan(5)
})

test('/metrics reads the database at most every 5 seconds', async () => {
  const pass = stopClock()
  const server = await startServer()
  const webhook = await provision(server)
  await rotate(server, webhook)
  expect(await readKeyGauges(server)).toMatchObject({ rekey_open_overlaps: 0 })
  await rotate(server, webhook)
  pass(5_000)
  expect(await readKeyGauges(server)).toMatchObject({ rekey_open_overlaps: 0 })
  pass(1)
  expect(await readKeyGauges(server)).toMatchObject({ rekey_open_overlaps: 1 })
})

test('while the database cannot be read, rekey_database_up is 0, and the other gauges are absent', async () => {
  const pass = stopClock()
  const server = await startServer()
  const webhook = await provision(server)
  await rotate(server, webhook)
  await rotate(server, webhook)
  const before = await readKeyGauges(server)
  expect(Object.keys(before)).toHaveLength(8)
  await execute(server.databaseUrl, 'alter table signing_keys rename to mislaid')
  pass(5_001)
  expect(await readKeyGauges(server)).toEqual({ rekey_database_up: 0 })
  expect(server.logs.filter(({ msg }) => String(msg).startsWith('the gauges of keys'))).toHaveLength(1)
  await execute(server.databaseUrl, 'alter table mislaid rename to signing_keys')
  pass(5_001)
  expect(await readKeyGauges(server)).toMatchObject({ rekey_database_up: 1, rekey_open_overlaps: 1 })
})
