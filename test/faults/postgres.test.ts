import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Environment } from '../../src/config.ts'
import { rekey } from '../support/command.ts'
import { productionEnvironment } from '../support/crash.ts'
import { expectTimedOut, expectUnavailable, fill, isRoot, lastEvent, smallDisk } from '../support/faults.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { provision, startServer, temporaryFolder, type TestServer } from '../support/server.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 15_000 } } })

const postgres = ownPostgres()

interface Situation {
  server: TestServer
  databaseUrl: string
  /** The path of a webhook that has one key. */
  webhook: string
}

async function situation(environment = {}): Promise<Situation> {
  const databaseUrl = await postgres.newDatabase()
  return { ...(await startOn(databaseUrl, environment)), databaseUrl }
}

/** The same, with a network between server and database that can fail. */
async function situationBehindProxy(environment = {}): Promise<Situation & { proxy: TcpProxy }> {
  const databaseUrl = await postgres.newDatabase()
  const proxy = await startTcpProxy(databaseUrl)
  return { ...(await startOn(proxy.url, environment)), databaseUrl, proxy }
}

async function startOn(databaseUrl: string, environment: Environment) {
  const server = await startServer({
    databaseUrl,
    environment: { REKEY_REQUEST_TIMEOUT_MS: '30000', ...environment },
  })
  const webhook = await provision(server)
  expect((await server.api('PATCH', `${webhook}/secret`)).status).toBe(200)
  return { server, webhook }
}

function rotate({ server, webhook }: Situation) {
  return server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
}

/** The webhook can be rotated, and nothing happened to it since its first key. */
async function expectRecovered(place: Situation): Promise<void> {
  expect(await lastEvent(place.server, place.webhook)).toBe(2)
  expect((await rotate(place)).status).toBe(200)
}

/** What the server's connections run at this moment, or hold open. */
async function underWay(databaseUrl: string): Promise<unknown[]> {
  const name = new URL(databaseUrl).pathname.slice(1)
  return postgres.sql(
    `select state, query from pg_stat_activity
     where datname = '${name}' and application_name = 'rekey' and state <> 'idle'`,
  )
}

test('a server that is stopped is 502 until it runs again', async () => {
  const place = await situation()
  const { server, webhook } = place
  await postgres.server().stop('fast')
  expectUnavailable(await rotate(place))
  expectUnavailable(await server.api('POST', `${webhook}/signatures`, { body: { payload: 'a' } }))
  expectUnavailable(await server.api('GET', '/applications'))
  expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
  expect((await fetch(`${server.origin}/readyz`)).status).toBe(503)
  await postgres.server().start()
  await expect.poll(async () => (await fetch(`${server.origin}/readyz`)).status).toBe(200)
  await expectRecovered(place)
})

test('a server that cannot be reached ends the start with a line that says so', async () => {
  const environment = productionEnvironment('postgres://rekey:password@127.0.0.1:1/rekey')
  const { code, stderr } = await rekey(['serve'], { cwd: temporaryFolder(), environment })
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^rekey serve: .*ECONNREFUSED 127\.0\.0\.1:1\)\n$/),
  ])
})

test('a connection that is cut while a statement runs is 502, and nothing is changed', async () => {
  const place = await situationBehindProxy()
  const release = await postgres.hold(place.databaseUrl, 'lock table signing_keys')
  const rotations = [rotate(place), rotate(place)]
  await expect.poll(() => underWay(place.databaseUrl)).toHaveLength(2)
  place.proxy.cut()
  for (const rotation of rotations) expectUnavailable(await rotation)
  await release()
  await expectRecovered(place)
})

test('a connection that is cut before the commit arrives is 502, and nothing is changed', async () => {
  const place = await situationBehindProxy()
  place.proxy.cutAt('commit\0', 'before')
  expectUnavailable(await rotate(place))
  await expectRecovered(place)
})

test('a connection that is cut between the commit and its answer is 200, since it is committed', async () => {
  const place = await situationBehindProxy()
  place.proxy.cutAt('commit\0', 'after')
  const { status, headers } = await rotate(place)
  expect(status).toBe(200)
  const state = await place.server.api('GET', `${place.webhook}/secret`)
  expect(state.headers.get('etag')).toBe(headers.get('etag'))
  expect(await lastEvent(place.server, place.webhook)).toBe(3)
})

/** Lets commits wait for a replica that does not exist, once they are on disk. @returns how to end that */
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

test('when every connection of the pool is cut while it commits, each commit is asked for', async () => {
  const { server, databaseUrl, proxy } = await situationBehindProxy()
  const webhooks: string[] = []
  for (let i = 0; i < 20; i++) webhooks.push(await provision(server, 'app_1', `hook_${i + 10}`))
  const release = await holdCommits()
  const rotations = webhooks.map((webhook) => server.api('PATCH', `${webhook}/secret`))
  await expect.poll(() => commitsHeld(databaseUrl)).toHaveLength(20)
  proxy.cut()
  await release()
  for (const rotation of rotations) expect((await rotation).status).toBe(200)
  for (const webhook of webhooks) expect(await lastEvent(server, webhook)).toBe(2)
})

test('a commit in the middle of which the server crashed is an outcome that is not known, and a retry tells', async () => {
  const { server, databaseUrl, webhook } = await situation()
  const release = await holdCommits()
  const again = () => server.api('PATCH', `${webhook}/secret`, { headers: { 'idempotency-key': 'key-1' } })
  const rotation = again()
  await expect.poll(() => commitsHeld(databaseUrl)).toHaveLength(1)
  await postgres.server().stop('immediate')
  await postgres.server().start()
  const { status, body } = await rotation
  expect([status, body.message]).toEqual([500, expect.stringContaining('cannot be asked whether it did')])
  await release()
  const retried = await again()
  expect([retried.status, retried.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
  expect(await lastEvent(server, webhook)).toBe(3)
})

test('a network on which nothing moves is 504, and goes on as soon as something does', async () => {
  const place = await situationBehindProxy({ REKEY_REQUEST_TIMEOUT_MS: '2000' })
  place.proxy.stall()
  const rotations = Array.from({ length: 5 }, () => rotate(place))
  for (const rotation of rotations) expectTimedOut(await rotation)
  expectTimedOut(await place.server.api('GET', '/applications'))
  place.proxy.resume()
  await expectRecovered(place)
})

test('a pool that is exhausted is 502, and what waits for a row goes on', async () => {
  const place = await situation()
  const release = await postgres.hold(place.databaseUrl, 'lock table signing_keys')
  const rotations = Array.from({ length: 20 }, () => rotate(place))
  await expect.poll(() => underWay(place.databaseUrl)).toHaveLength(20)
  expectUnavailable(await place.server.api('GET', '/applications'))
  expect((await fetch(`${place.server.origin}/healthz`)).status).toBe(200)
  await release()
  for (const rotation of rotations) expect((await rotation).status).toBe(200)
  expect(await lastEvent(place.server, place.webhook)).toBe(22)
})

test('a server that has no connection left is 502', async () => {
  await postgres.sql(`create role few login password 'password'`)
  const databaseUrl = await postgres.newDatabase('owner few')
  const url = new URL(databaseUrl)
  url.username = 'few'
  const server = await startServer({ databaseUrl: url.href })
  const place = { server, databaseUrl, webhook: await provision(server) }
  await rotate(place)
  await postgres.sql('alter role few connection limit 0')
  await postgres.sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'few'`)
  expectUnavailable(await rotate(place))
  await postgres.sql('alter role few connection limit -1')
  await expectRecovered(place)
})

test('a server that became read-only is 502 for what writes, and goes on once it is not', async () => {
  const place = await situation()
  const { server, webhook } = place
  const set = async (value: string) => {
    await postgres.sql(`alter system set default_transaction_read_only = ${value}`)
    await postgres.sql('select pg_reload_conf()')
  }
  await set('on')
  onTestFinished(() => set('off'))
  await expect.poll(async () => (await rotate(place)).status).toBe(502)
  const event = await lastEvent(server, webhook)
  const rotations = Array.from({ length: 10 }, () => rotate(place))
  for (const rotation of rotations) expectUnavailable(await rotation)
  expectUnavailable(await server.api('PUT', '/applications/app_2', { body: {} }))
  expect((await server.api('POST', `${webhook}/signatures`, { body: { payload: 'a' } })).status).toBe(200)
  expect(await lastEvent(server, webhook)).toBe(event)
  await set('off')
  await expect.poll(async () => (await rotate(place)).status).toBe(200)
})

test('a full disk is 502 for what writes, and nothing else; with room again it goes on', async ({ skip }) => {
  if (!isRoot('a disk of its own')) skip()
  const folder = temporaryFolder()
  chmodSync(folder, 0o755)
  const disk = smallDisk(folder, 24)
  chownSync(disk, 65_534, 65_534)
  await postgres.sql(`create tablespace small location '${disk}'`)
  const databaseUrl = await postgres.newDatabase('tablespace small')
  onTestFinished(async () => {
    await postgres.sql(`drop database ${new URL(databaseUrl).pathname.slice(1)} with (force)`)
    await postgres.sql('drop tablespace small')
  })
  const server = await startServer({ databaseUrl })
  const place = { server, databaseUrl, webhook: await provision(server) }
  const { webhook } = place
  await rotate(place)
  const makeRoom = fill(disk)
  let event = 0
  await expect
    .poll(
      async () => {
        event = await lastEvent(server, webhook)
        return (await rotate(place)).status
      },
      { interval: 0 },
    )
    .toBe(502)
  const rotations = Array.from({ length: 10 }, () => rotate(place))
  for (const rotation of rotations) expectUnavailable(await rotation)
  expect((await server.api('POST', `${webhook}/signatures`, { body: { payload: 'a' } })).status).toBe(200)
  expect(await lastEvent(server, webhook)).toBe(event)
  makeRoom()
  expect((await rotate(place)).status).toBe(200)
  expect(await lastEvent(server, webhook)).toBe(event + 1)
})

test('a file of which a page is corrupt is 502 for what needs it, and nothing else', async () => {
  const place = await situation()
  const { server, databaseUrl, webhook } = place
  const [row] = await postgres.sql<{ path: string }>(
    `select pg_relation_filepath('signing_keys') as path`,
    databaseUrl,
  )
  const file = join(postgres.server().dataFolder, row?.path ?? '')
  await postgres.server().stop('fast')
  const whole = readFileSync(file)
  writeFileSync(file, Buffer.alloc(whole.length, 0xff))
  await postgres.server().start()
  expectUnavailable(await rotate(place))
  expectUnavailable(await server.api('POST', `${webhook}/signatures`, { body: { payload: 'a' } }))
  expect((await server.api('GET', '/applications')).status).toBe(200)
  await postgres.server().stop('fast')
  writeFileSync(file, whole)
  await postgres.server().start()
  await expectRecovered(place)
})

test('a row that is locked past the deadline is 504: the statement is cancelled, and others are served', async () => {
  const place = await situation({ REKEY_REQUEST_TIMEOUT_MS: '2000' })
  const { server, databaseUrl, webhook } = place
  const release = await postgres.hold(databaseUrl, 'select * from signing_keys for update')
  const rotations = Array.from({ length: 10 }, () => rotate(place))
  expect((await server.api('GET', `${webhook}/secret`)).status).toBe(200)
  for (const rotation of rotations) expectTimedOut(await rotation)
  await expect.poll(() => underWay(databaseUrl)).toEqual([])
  await release()
  await expectRecovered(place)
})
