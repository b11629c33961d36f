import { expect, test, vi } from 'vitest'
import { startSweeping, sweep } from '../../src/core/sweep.ts'
import { Keyring } from '../../src/domain/sealing.ts'
import { KeptKeys } from '../../src/operations/shared/kept-keys.ts'
import { OpenedKeys } from '../../src/operations/shared/opened-keys.ts'
import { execute, openDatabase, withDatabase } from '../support/database.ts'
import { invite, rotateWith } from '../support/invitations.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

const day = 86_400_000
const never = new AbortController().signal

async function rows(server: TestServer) {
  return withDatabase(server.databaseUrl, async (queries) => ({
    keys: await queries.selectFrom('signing_keys').selectAll().orderBy('generation').execute(),
    records: await queries.selectFrom('idempotency_records').selectAll().execute(),
  }))
}

async function sweepAt(server: TestServer, now: number) {
  return sweep(await openDatabase(server.databaseUrl), now, never)
}

test('erases a secret one day after its key expires or is revoked, and keeps the key metadata', async () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const server = await startServer({
    now: () => now,
    environment: { REKEY_JWT_CLOCK_TOLERANCE_SECONDS: '0' },
  })
  const webhook = await provision(server)
  const rotate = (overlapSeconds: number) =>
    server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds } })
  await rotate(0)
  await rotate(0)
  await rotate(60)
  const before = await rows(server)

  expect(await sweepAt(server, now + day - 1)).toEqual({
    secretsErased: 0,
    idempotencyRecordsDeleted: 0,
    invitationsDeleted: 0,
  })
  expect((await sweepAt(server, now + day)).secretsErased).toBe(1)
  expect((await sweepAt(server, now + day + 59_999)).secretsErased).toBe(0)
  expect((await sweepAt(server, now + day + 60_000)).secretsErased).toBe(1)
  expect((await sweepAt(server, now + 1000 * day)).secretsErased).toBe(0)

  const after = await rows(server)
  const erased = { sealed_secret: null, sealed_by: null }
  expect(after.keys).toEqual([
    { ...before.keys[0], ...erased },
    { ...before.keys[1], ...erased },
    before.keys[2],
  ])
})

test('deletes idempotency records, which never contain a secret, after 10 minutes', async () => {
  const now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const headers = { 'idempotency-key': '"one"' }
  const { body } = await server.api('PATCH', `${webhook}/secret`, { headers })
  expect(JSON.stringify((await rows(server)).records)).not.toContain(body.signingSecret.slice(6))
  expect((await sweepAt(server, now + 599_999)).idempotencyRecordsDeleted).toBe(0)
  expect((await sweepAt(server, now + 600_000)).idempotencyRecordsDeleted).toBe(1)
  expect((await rows(server)).records).toEqual([])
})

test('deletes invitations one day after they expire, in any state', async () => {
  const now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const used = await invite(server, webhook, { expiresInSeconds: 300 })
  await rotateWith(server, webhook, used.token)
  const revoked = await invite(server, webhook, { expiresInSeconds: 300 })
  await server.api('DELETE', `${webhook}/secret/invitations/${revoked.id}`)
  await invite(server, webhook, { expiresInSeconds: 301 })
  expect((await sweepAt(server, now + day + 299_999)).invitationsDeleted).toBe(0)
  expect((await sweepAt(server, now + day + 300_000)).invitationsDeleted).toBe(2)
  expect((await sweepAt(server, now + day + 301_000)).invitationsDeleted).toBe(1)
})

test('one sweep erases all due secrets, even if they need several batches', async () => {
  const now = Date.now()
  const server = await startServer({ now: () => now })
  const webhook = await provision(server)
  const rotate = () => server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  for (let i = 0; i < 43; i++) await Promise.all(Array.from({ length: 10 }, rotate))
  expect((await sweepAt(server, now + day)).secretsErased).toBe(429)
})

test('a server erases secrets that are due for erasure when it starts', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  for (let i = 0; i < 2; i++) await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  await server.close()
  await execute(server.databaseUrl, `update signing_keys set revoked_at = revoked_at - ${day}`)
  const again = await startServer({ beside: server })
  await expect
    .poll(() => again.logs.find(({ msg }) => msg === 'sweep completed'))
    .toMatchObject({ secretsErased: 1 })
})

test('after the clock jumps, a retry does not rotate again, no webhook gets an eleventh live key, and a revocation ends every overlap', async () => {
  let now = Date.now()
  // Fractions of a millisecond, which performance.now() returns, must not reach integer columns of the database.
  let uptime = 0
  const server = await startServer({ now: () => now, uptime: () => (uptime += 0.3) })
  const webhook = await provision(server)
  const rotate = (headers = {}) =>
    server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 3_600 }, headers })
  for (let i = 0; i < 9; i++) await rotate()
  const headers = { 'idempotency-key': 'one' }
  const rotated = await rotate(headers)
  now += 5 * day
  const retried = await rotate(headers)
  expect([retried.headers.get('idempotency-replayed'), retried.body]).toEqual(['true', rotated.body])
  expect((await rotate()).status).toBe(409)
  expect((await server.api('DELETE', `${webhook}/secret/previous`)).status).toBe(200)
  now -= 5 * day
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)
  expect(server.logs.find(({ jumpSeconds }) => jumpSeconds === (5 * day) / 1000)).toMatchObject({ level: 40 })
})

test('each sweep clears the keys from memory', async () => {
  const { databaseUrl } = await startServer()
  const store = await openDatabase(databaseUrl)
  const openedKeys = new OpenedKeys(new Keyring([{ kid: 'k1', key: Buffer.alloc(32) }]))
  const keptKeys = new KeptKeys(store)
  const clears = [openedKeys, keptKeys].map((keys) => vi.spyOn(keys, 'clear'))
  const log = () => undefined
  const logger = { info: log, warn: log, error: log }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const stop = startSweeping({ store, openedKeys, keptKeys, now: Date.now, settledTime: Date.now, logger })
  for (const clear of clears) expect(clear).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(60_000)
  await stop()
  vi.useRealTimers()
  for (const clear of clears) expect(clear).toHaveBeenCalledTimes(2)
})
