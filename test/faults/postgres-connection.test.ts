import { expect, onTestFinished, test, vi } from 'vitest'
import { holdWrites } from '../support/database.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { lastEvent } from '../support/faults.ts'
import { expectTimedOut, expectUnavailable } from '../support/refusals.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import {
  expectRecovered,
  rotate,
  situation,
  situationBehindProxy,
  underWay,
  type Situation,
} from '../support/postgres-situation.ts'
import { serve } from '../support/serve.ts'
import { provision, startServer, temporaryFolder } from '../support/server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 15_000 } } })

const postgres = ownPostgres()

test('writes queued for one webhook do not block requests for other webhooks', async () => {
  const { server, webhook, databaseUrl } = await situation(postgres)
  const other = await provision(server, 'app_1', 'hook_2')
  await server.api('PATCH', `${other}/secret`)
  const [, , applicationId = '', , webhookId = ''] = webhook.split('/')
  const release = await holdWrites(databaseUrl, { applicationId, webhookId })
  const body = { overlapSeconds: 0 }
  const waiting = Array.from({ length: 25 }, () => server.api('PATCH', `${webhook}/secret`, { body }))
  // Only the lock holder and the first waiter use a connection.
  await expect.poll(() => underWay(postgres, databaseUrl)).toHaveLength(2)
  const meanwhile = await Promise.all([
    server.api('PATCH', `${other}/secret`),
    server.api('GET', other),
    server.api('POST', `${other}/signatures`, { body: { payload: '{}' } }),
  ])
  expect(meanwhile.map(({ status }) => status)).toEqual([200, 200, 200])
  await release()
  const answers = await Promise.all(waiting)
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 25 }, () => 200))
})

test('writes queued for one application do not block requests for other applications', async () => {
  const { server, databaseUrl } = await situation(postgres)
  const other = await provision(server, 'app_2', 'hook_2')
  const release = await holdWrites(databaseUrl, { applicationId: 'app_1', webhookId: 'hook_1' })
  const waiting = Array.from({ length: 25 }, () => server.api('PUT', '/applications/app_1', { body: {} }))
  await expect.poll(() => underWay(postgres, databaseUrl)).toHaveLength(2)
  const meanwhile = await Promise.all([server.api('PATCH', `${other}/secret`), server.api('GET', other)])
  expect(meanwhile.map(({ status }) => status)).toEqual([200, 200])
  await release()
  for (const answer of waiting) expect((await answer).status).toBe(200)
})

test('responds with 502 and changes nothing if the connection is lost during a statement', async () => {
  const place = await situationBehindProxy(postgres)
  const other = { ...place, webhook: await provision(place.server, 'app_1', 'hook_2') }
  const release = await postgres.hold(place.databaseUrl, 'lock table signing_keys')
  const rotations = [rotate(place), rotate(other)]
  await expect.poll(() => underWay(postgres, place.databaseUrl)).toHaveLength(2)
  place.proxy.cut()
  for (const rotation of rotations) expectUnavailable(await rotation)
  await release()
  await expectRecovered(place)
})

test('responds with 502 and changes nothing if the connection is lost before the commit arrives', async () => {
  const place = await situationBehindProxy(postgres)
  place.proxy.cutAt('commit\0', 'before')
  expectUnavailable(await rotate(place))
  await expectRecovered(place)
})

test('responds with 200 if the connection is lost after the commit but before PostgreSQL confirms it', async () => {
  const place = await situationBehindProxy(postgres)
  place.proxy.cutAt('commit\0', 'after')
  const { status, headers } = await rotate(place)
  expect(status).toBe(200)
  const state = await place.server.api('GET', `${place.webhook}/secret`)
  expect(state.headers.get('etag')).toBe(headers.get('etag'))
  expect(await lastEvent(place.server, place.webhook)).toBe(3)
})

/** Makes commits that are already on disk wait for a nonexistent replica. @returns a function that releases them */
async function holdCommits(): Promise<() => Promise<void>> {
  const set = async (names: string) => {
    await postgres.sql(`alter system set synchronous_standby_names = '${names}'`)
    await postgres.sql('select pg_reload_conf()')
  }
  onTestFinished(() => set(''))
  await set('nobody')
  await expect
    .poll(() => postgres.sql('show synchronous_standby_names'))
    .toMatchObject([{ synchronous_standby_names: 'nobody' }])
  return () => set('')
}

function commitsHeld(databaseUrl: string): Promise<unknown[]> {
  const name = new URL(databaseUrl).pathname.slice(1)
  return postgres.sql(`select pid from pg_stat_activity where datname = '${name}' and wait_event = 'SyncRep'`)
}

test('responds with 200 to committed rotations even if all connections for writes are lost during the commits', async () => {
  const { server, databaseUrl, proxy } = await situationBehindProxy(postgres)
  const webhooks: WebhookPath[] = []
  for (let i = 0; i < 14; i++) webhooks.push(await provision(server, `app_${i + 10}`))
  const release = await holdCommits()
  const rotations = webhooks.map((webhook) => server.api('PATCH', `${webhook}/secret`))
  await expect.poll(() => commitsHeld(databaseUrl)).toHaveLength(14)
  proxy.cut()
  await release()
  for (const rotation of rotations) expect((await rotation).status).toBe(200)
  for (const webhook of webhooks) expect(await lastEvent(server, webhook)).toBe(2)
})

test('responds with 500 and says that the outcome is unknown if PostgreSQL crashes during the commit, and a retry replays the rotation', async () => {
  const { server, databaseUrl, webhook } = await situation(postgres)
  const release = await holdCommits()
  const again = () => server.api('PATCH', `${webhook}/secret`, { headers: { 'idempotency-key': 'key-1' } })
  const rotation = again()
  await expect.poll(() => commitsHeld(databaseUrl)).toHaveLength(1)
  await postgres.server().stop('immediate')
  await postgres.server().start()
  const { status, body } = await rotation
  expect([status, body.message]).toEqual([500, expect.stringContaining('the outcome is unknown')])
  await release()
  const retried = await again()
  expect([retried.status, retried.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
  expect(await lastEvent(server, webhook)).toBe(3)
})

test('responds with 504 while the network stalls, and recovers as soon as traffic resumes', async () => {
  const place = await situationBehindProxy(postgres, { REKEY_REQUEST_TIMEOUT_MS: '2000' })
  place.proxy.stall()
  const rotations = Array.from({ length: 5 }, () => rotate(place))
  for (const rotation of rotations) expectTimedOut(await rotation)
  expectTimedOut(await place.server.api('GET', '/applications'))
  place.proxy.resume()
  await expectRecovered(place)
})

/** Makes the server open as many connections as failed authentications may use, and leaves all of them idle. */
async function openConnections(place: Situation): Promise<void> {
  const release = await postgres.hold(place.databaseUrl, 'lock table signing_keys')
  const reads = Array.from({ length: 7 }, () => place.server.api('GET', `${place.webhook}/secret`))
  await expect.poll(() => underWay(postgres, place.databaseUrl)).toHaveLength(7)
  await release()
  for (const read of reads) expect((await read).status).toBe(200)
}

test('responds with 200 if the connection is lost after the commit and the network has dropped all idle connections', async () => {
  const place = await situationBehindProxy(postgres)
  await openConnections(place)
  const release = await holdCommits()
  const rotation = rotate(place)
  await expect.poll(() => commitsHeld(place.databaseUrl)).toHaveLength(1)
  place.proxy.loseIdle()
  await postgres.sql(`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`)
  expect((await rotation).status).toBe(200)
  await release()
})

test('after the network drops all idle connections, requests without a token return 401 and later requests succeed', async () => {
  const place = await situationBehindProxy(postgres, { REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '1000' })
  const { server } = place
  await openConnections(place)
  place.proxy.loseIdle()
  const strangers = Array.from({ length: 20 }, () => server.api('GET', '/applications', { token: null }))
  for (const stranger of strangers) expect((await stranger).status).toBe(401)
  expect((await server.api('GET', '/applications')).status).toBe(200)
  await expectRecovered(place)
})

test('a server exits on SIGTERM even if its connection to the database is stalled', async () => {
  const databaseUrl = await postgres.newDatabase()
  const proxy = await startTcpProxy(databaseUrl)
  const environment = { ...exampleEnvironment, NODE_ENV: 'production', DATABASE_URL: proxy.url }
  const server = await serve(temporaryFolder(), environment)
  expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
  await expect.poll(() => underWay(postgres, databaseUrl)).toEqual([])
  proxy.stall()
  expect(await server.stop('SIGTERM')).toBe(0)
})

test('while the database does not respond, /readyz returns 503 and /metrics 200 with rekey_database_up 0, even with a short request timeout', async () => {
  const proxy = await startTcpProxy(await postgres.newDatabase())
  const { origin } = await startServer({
    databaseUrl: proxy.url,
    environment: { REKEY_REQUEST_TIMEOUT_MS: '600' },
  })
  proxy.stall()
  const [ready, metrics] = await Promise.all(['/readyz', '/metrics'].map((path) => fetch(origin + path)))
  expect([ready?.status, metrics?.status]).toEqual([503, 200])
  expect(await metrics?.text()).toMatch(/^rekey_database_up 0$/m)
  proxy.resume()
})
