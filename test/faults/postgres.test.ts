import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { main, rekey } from '../support/command.ts'
import { productionEnvironment } from '../support/crash.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { fill, lastEvent, smallDisk } from '../support/faults.ts'
import { expectTimedOut, expectUnavailable } from '../support/refusals.ts'
import { needsRoot } from '../support/tools.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { expectRecovered, rotate, situation, underWay } from '../support/postgres-situation.ts'
import { provision, startServer, temporaryFolder } from '../support/server.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 15_000 } } })

const postgres = ownPostgres()

test('responds with 502 while PostgreSQL is stopped, and recovers once it runs again', async () => {
  const place = await situation(postgres)
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

test('if the database is unreachable, startup fails with one line that says so', async () => {
  const environment = productionEnvironment('postgres://rekey:password@127.0.0.1:1/rekey')
  const { code, stderr } = await rekey(['serve'], { cwd: temporaryFolder(), environment })
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^rekey serve: the database is unavailable: .*ECONNREFUSED 127\.0\.0\.1:1\n$/),
  ])
})

test('if the database accepts logins but no queries, the starting server logs that it is waiting, and SIGTERM ends the wait', async () => {
  // A paused pooler responds to a login with AuthenticationOk, BackendKeyData and ReadyForQuery.
  const greeting = Buffer.from('520000000800000000' + '4b0000000c0000000100000001' + '5a0000000549', 'hex')
  const paused = createServer((connection) => {
    connection.on('error', () => undefined).once('data', () => connection.write(greeting))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    paused.close()
  })
  await once(paused, 'listening')
  const { port } = paused.address() as AddressInfo
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: temporaryFolder(),
    env: productionEnvironment(`postgres://rekey:password@127.0.0.1:${port}/rekey`),
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const ended = once(child, 'close')
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  await expect.poll(() => output).toContain('still waiting for the database')
  child.kill('SIGTERM')
  expect(await ended).toEqual([1, null])
  expect(errors).toBe('rekey serve: stopped while waiting for the database\n')
})

test('while all requests for one table wait for a lock, other requests succeed, and the waiting ones complete afterward', async () => {
  const place = await situation(postgres)
  const { server, databaseUrl, webhook } = place
  const release = await postgres.hold(databaseUrl, 'lock table signing_keys')
  const reads = Array.from({ length: 40 }, () => server.api('GET', `${webhook}/secret`))
  const rotation = rotate(place)
  await expect.poll(() => underWay(postgres, databaseUrl)).toHaveLength(11)
  expect((await server.api('GET', '/applications')).status).toBe(200)
  for (const path of ['/healthz', '/readyz']) expect((await fetch(server.origin + path)).status).toBe(200)
  await release()
  for (const read of reads) expect((await read).status).toBe(200)
  expect((await rotation).status).toBe(200)
  expect(await lastEvent(server, webhook)).toBe(3)
})

test('responds with 502 while PostgreSQL rejects new connections, and recovers afterward', async () => {
  await postgres.sql(`create role few login password 'password'`)
  const databaseUrl = await postgres.newDatabase('owner few')
  const url = new URL(databaseUrl)
  url.username = 'few'
  const server = await startServer({ ownThread: true, databaseUrl: url.href })
  const place = { server, databaseUrl, webhook: await provision(server) }
  await rotate(place)
  await postgres.sql('alter role few connection limit 0')
  await postgres.sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'few'`)
  expectUnavailable(await rotate(place))
  await postgres.sql('alter role few connection limit -1')
  await expectRecovered(place)
})

test.each([
  [
    'allows no connections',
    'alter database % allow_connections false',
    'alter database % allow_connections true',
  ],
  [
    'denies the user access',
    'revoke connect on database % from public, closed',
    'grant connect on database % to closed',
  ],
])('responds with 502 if the database %s', async (_, close, open) => {
  await postgres.sql(`create role closed login password 'password'`)
  const databaseUrl = await postgres.newDatabase()
  const name = new URL(databaseUrl).pathname.slice(1)
  onTestFinished(async () => {
    await postgres.sql(`drop database ${name} with (force)`)
    await postgres.sql('drop role closed')
  })
  await postgres.sql(`grant all on database ${name} to closed`)
  await postgres.sql('grant all on schema public to closed', databaseUrl)
  const url = new URL(databaseUrl)
  url.username = 'closed'
  const server = await startServer({ databaseUrl: url.href })
  const place = { server, databaseUrl, webhook: await provision(server) }
  await rotate(place)
  await postgres.sql(close.replace('%', name))
  await postgres.sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'closed'`)
  expectUnavailable(await rotate(place))
  expectUnavailable(await rotate(place))
  await postgres.sql(open.replace('%', name))
  await expectRecovered(place)
})

test('refuses to start on a database whose encoding cannot store every character', async () => {
  const databaseUrl = await postgres.newDatabase(`encoding 'LATIN1' locale 'C' template template0`)
  const environment = { ...exampleEnvironment, DATABASE_URL: databaseUrl }
  const { code, stderr } = await rekey(['serve'], { cwd: temporaryFolder(), environment })
  expect(code).toBe(1)
  expect(stderr).toContain('the database encoding is LATIN1')
})

test('responds with 502 to writes while PostgreSQL is read-only, and recovers afterward', async () => {
  const place = await situation(postgres)
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

test('on a full disk, only writes fail with 502, and they succeed again once there is room', async (context) => {
  needsRoot(context)
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
  const server = await startServer({ ownThread: true, databaseUrl })
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

test('if a table is corrupt, only requests that read it fail with 502', async () => {
  const place = await situation(postgres)
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

test('if a row is locked past the deadline, responds with 504, cancels the statement and serves other requests', async () => {
  const place = await situation(postgres, { REKEY_REQUEST_TIMEOUT_MS: '2000' })
  const { server, databaseUrl, webhook } = place
  const release = await postgres.hold(databaseUrl, 'select * from signing_keys for update')
  const rotations = Array.from({ length: 10 }, () => rotate(place))
  expect((await server.api('GET', `${webhook}/secret`)).status).toBe(200)
  for (const rotation of rotations) expectTimedOut(await rotation)
  await expect.poll(() => underWay(postgres, databaseUrl)).toEqual([])
  await release()
  await expectRecovered(place)
})
