import { CompiledQuery } from 'kysely'
import { expect, test, vi } from 'vitest'
import type { Queries } from '../../src/store/store.ts'
import { holdWrites, openDatabase } from '../support/database.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { lastEvent } from '../support/faults.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { rotate, situation, underWay, type Situation } from '../support/postgres-situation.ts'
import { expectTimedOut } from '../support/refusals.ts'
import { provision } from '../support/server.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 15_000 } } })

const postgres = ownPostgres()

/** Creates an application with webhooks that have no secret yet. @returns the webhooks' paths */
async function webhooksOf({ server }: Situation, application: string, count: number): Promise<WebhookPath[]> {
  await provision(server, application)
  const create = async (_: unknown, index: number) => {
    const path: WebhookPath = `/applications/${application}/webhooks/many_${index}`
    await server.api('PUT', path, { body: { url: 'https://merchant.example/' } })
    return path
  }
  return Promise.all(Array.from({ length: count }, create))
}

/** Expects another application's requests and the readiness check to succeed, at least once within a second. */
async function expectUnharmed({ server }: Situation, bystander: WebhookPath): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    const rotation = await server.api('PATCH', `${bystander}/secret`, { body: { overlapSeconds: 0 } })
    const signature = await server.api('POST', `${bystander}/signatures`, { body: { payload: '{}' } })
    const ready = await fetch(`${server.origin}/readyz`)
    expect([rotation.status, signature.status, ready.status]).toEqual([200, 200, 200])
    times.push(performance.now() - start)
  }
  expect(Math.min(...times)).toBeLessThan(1_000)
}

test('while all writes of two applications are blocked, other applications rotate and sign, and the blocked requests return 504', async () => {
  const place = await situation(postgres, { REKEY_REQUEST_TIMEOUT_MS: '6000' })
  const { server, databaseUrl } = place
  const bystander = await provision(server, 'bystander')
  const blocked = [
    ...(await webhooksOf(place, 'blocked_1', 100)),
    ...(await webhooksOf(place, 'blocked_2', 20)),
  ]
  const releases = await Promise.all(
    ['blocked_1', 'blocked_2'].map((applicationId) => holdWrites(databaseUrl, { applicationId })),
  )
  const rotations = blocked.map((webhook) => rotate({ ...place, webhook }))
  // The two lock holders, and the writes that have connections: half of the 14 for the first application, and about half
  // of the remaining 7 for the second.
  await expect.poll(() => underWay(postgres, databaseUrl)).toHaveLength(2 + 7 + 4)
  await expectUnharmed(place, bystander)
  const reads = await Promise.all(blocked.map((webhook) => server.api('GET', webhook)))
  for (const { status, body } of reads) expect([status, body.liveKeys]).toEqual([200, 0])
  for (const rotation of rotations) expectTimedOut(await rotation)
  await Promise.all(releases.map((release) => release()))
  for (const webhook of blocked.slice(0, 3)) expect(await lastEvent(server, webhook)).toBe(1)
  for (const webhook of blocked.slice(0, 3)) expect((await rotate({ ...place, webhook })).status).toBe(200)
})

test('while the rows of one application are locked, other applications rotate and sign, and all requests succeed afterward', async () => {
  const place = await situation(postgres)
  const { databaseUrl } = place
  const bystander = await provision(place.server, 'bystander')
  const blocked = await webhooksOf(place, 'blocked', 20)
  for (const webhook of blocked) expect((await rotate({ ...place, webhook })).status).toBe(200)
  const release = await postgres.hold(
    databaseUrl,
    `select * from signing_keys where application_id = 'blocked' for update`,
  )
  const rotations = blocked.map((webhook) => rotate({ ...place, webhook }))
  await expect.poll(() => underWay(postgres, databaseUrl)).toHaveLength(7)
  await expectUnharmed(place, bystander)
  await release()
  for (const rotation of rotations) expect((await rotation).status).toBe(200)
})

test('while the counting of failed authentications is blocked, applications rotate and sign', async () => {
  const place = await situation(postgres, { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '1000' })
  const { server, databaseUrl } = place
  const bystander = await provision(server, 'bystander')
  const release = await postgres.hold(databaseUrl, 'lock table rate_limits')
  const strangers = Array.from({ length: 100 }, () => server.api('GET', '/applications', { token: null }))
  await expect.poll(() => underWay(postgres, databaseUrl)).toHaveLength(7)
  await expectUnharmed(place, bystander)
  for (const stranger of strangers) expect((await stranger).status).toBe(401)
  await release()
})

test('while all reads and writes of one application are blocked, other applications read and write, and a ping succeeds', async () => {
  const { databaseUrl } = await situation(postgres)
  const store = await openDatabase(databaseUrl)
  const signal = AbortSignal.timeout(30_000)
  const lock = CompiledQuery.raw('select pg_advisory_xact_lock(1)')
  const release = await postgres.hold(databaseUrl, 'select pg_advisory_xact_lock(1)')
  const work = async (queries: Queries) => {
    await queries.executeQuery(lock)
    return 'done'
  }
  const blocked = Array.from({ length: 100 }, (_, index) => [
    store.readFor('blocked')(work, signal),
    store.write({ applicationId: 'blocked', webhookId: `hook_${index}` }, work, signal),
  ]).flat()
  await expect.poll(() => underWay(postgres, databaseUrl)).toHaveLength(10 + 7)
  const empty = () => Promise.resolve('done')
  await store.ping(signal)
  expect(await store.readFor('bystander')(empty, signal)).toBe('done')
  expect(await store.write({ applicationId: 'bystander' }, empty, signal)).toBe('done')
  await release()
  expect(await Promise.all(blocked)).toEqual(Array(200).fill('done'))
})
