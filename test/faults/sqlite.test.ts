import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import { rekey } from '../support/command.ts'
import { productionEnvironment } from '../support/crash.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { fill, lastEvent, smallDisk } from '../support/faults.ts'
import { expectTimedOut, expectUnavailable } from '../support/refusals.ts'
import { needsRoot } from '../support/tools.ts'
import {
  provision,
  startServer,
  temporaryFolder,
  type TestResponse,
  type TestServer,
} from '../support/server.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 15_000 } } })

/** Starts a process that locks the database file against writes. @returns a function that releases the lock */
async function lock({ databaseUrl }: TestServer): Promise<() => Promise<void>> {
  const program = `
    const database = new (require('better-sqlite3'))(process.argv[1])
    database.exec('begin immediate')
    console.log('locked')
    process.stdin.resume().on('end', () => process.exit())`
  const child = spawn(process.execPath, ['-e', program, databaseUrl.slice('sqlite:'.length)], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return async () => {
    child.stdin.end()
    await once(child, 'exit')
  }
}

/** Rotates until a rotation fails. @returns the failed response */
async function rotateUntilRefused(server: TestServer, webhook: WebhookPath): Promise<TestResponse> {
  for (let i = 0; i < 500; i++) {
    const answer = await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
    if (answer.status !== 200) return answer
  }
  throw new Error('no rotation was refused')
}

/** Expects a rotation to succeed, its audit event to follow number `event` directly, and the file to be intact. */
async function expectRecovered(server: TestServer, webhook: WebhookPath, event: number): Promise<void> {
  const { status } = await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  expect(status).toBe(200)
  expect(await lastEvent(server, webhook)).toBe(event + 1)
  const database = new SqliteDatabase(server.databaseUrl.slice('sqlite:'.length), { readonly: true })
  expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
  database.close()
}

/** How far SQLite counts in a second on this machine. The fastest of several samples, because others may use it too. */
function measureCounting(database: SqliteDatabase.Database): number {
  const number = 200_000
  const samples = Array.from({ length: 5 }, () => {
    const start = performance.now()
    database.exec(`with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ${number})
      select count(*) from counted`)
    return performance.now() - start
  })
  return (number / Math.min(...samples)) * 1_000
}

/**
 * Starts a rotation that keeps SQLite busy for about `seconds`, because a trigger counts.
 * @param timeoutMs the server's request timeout
 */
async function rotateSlowly(timeoutMs: number, seconds: number) {
  const server = await startServer({
    ownThread: true,
    environment: { REKEY_REQUEST_TIMEOUT_MS: String(timeoutMs) },
  })
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const event = await lastEvent(server, webhook)
  const database = new SqliteDatabase(server.databaseUrl.slice('sqlite:'.length))
  const number = Math.ceil(seconds * measureCounting(database))
  // A trigger cannot contain a recursive query, but it can read a view that does.
  database.exec(`create view numbers as
      with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ${number}) select n from counted;
    create trigger slow after insert on signing_keys begin select count(*) from numbers; end`)
  database.close()
  let answered = false
  const rotation = server.api('PATCH', `${webhook}/secret`).finally(() => {
    answered = true
  })
  await delay(200)
  return { server, webhook, event, rotation, isAnswered: () => answered }
}

test('during a slow SQLite write, requests that need no database get immediate responses', async () => {
  const { server, webhook, rotation, isAnswered } = await rotateSlowly(30_000, 4)
  for (let count = 0; count < 20; count++) {
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
    expect((await server.api('GET', `${webhook}/secret`, { token: null })).status).toBe(401)
    expect((await server.api('POST', `${webhook}/signatures`, { body: {} })).status).toBe(400)
  }
  expect(isAnswered()).toBe(false)
  expect((await rotation).status).toBe(200)
})

test('if a SQLite write outlasts the timeout of /readyz and /metrics, /readyz returns 503, and /metrics returns 200 with rekey_database_up 0', async () => {
  const { server, rotation, isAnswered } = await rotateSlowly(60_000, 12)
  const [ready, metrics] = await Promise.all(
    ['/readyz', '/metrics'].map((path) => fetch(server.origin + path)),
  )
  expect([ready?.status, metrics?.status, isAnswered()]).toEqual([503, 200, false])
  expect(await metrics?.text()).toMatch(/^rekey_database_up 0$/m)
  expect((await rotation).status).toBe(200)
  expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
})

test('requests that wait for a slow write fail with 504 at their deadline, and the write still completes', async () => {
  const { server, webhook, event, rotation, isAnswered } = await rotateSlowly(1_000, 6)
  // SQLite cannot stop a running write. On a slow machine, the server may disconnect before it responds to the write.
  const status = rotation.then(
    (answer) => answer.status,
    () => 200,
  )
  const message = { payload: 'a message' }
  const waiting = await Promise.all([
    server.api('GET', webhook),
    server.api('POST', `${webhook}/signatures`, { body: message }),
    server.api('POST', `${webhook}/signatures/verify`, { body: { ...message, headers: {} } }),
  ])
  for (const answer of waiting) expectTimedOut(answer)
  expect(isAnswered()).toBe(false)
  expect(await status).toBe(200)
  await expect.poll(async () => (await server.api('GET', webhook)).status, { timeout: 50_000 }).toBe(200)
  expect(await lastEvent(server, webhook)).toBe(event + 1)
})

test('responds with 504 if another process locks the file past the deadline, and serves reads meanwhile', async () => {
  const server = await startServer({ ownThread: true, environment: { REKEY_REQUEST_TIMEOUT_MS: '2000' } })
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const release = await lock(server)
  let settled = 0
  const rotations = Array.from({ length: 10 }, () =>
    server.api('PATCH', `${webhook}/secret`).finally(() => {
      settled += 1
    }),
  )
  for (let i = 0; i < 5; i++) {
    expect((await server.api('GET', `${webhook}/secret`)).status).toBe(200)
    const signed = await server.api('POST', `${webhook}/signatures`, { body: { payload: 'a message' } })
    expect(signed.status).toBe(200)
  }
  expect(settled).toBe(0)
  for (const rotation of rotations) expectTimedOut(await rotation)
  await release()
  await expectRecovered(server, webhook, 2)
})

test('responds with 502 before the deadline if another process keeps the file locked', async () => {
  const server = await startServer({ ownThread: true, environment: { REKEY_REQUEST_TIMEOUT_MS: '60000' } })
  const webhook = await provision(server)
  const release = await lock(server)
  expectUnavailable(await server.api('PATCH', `${webhook}/secret`))
  await release()
  await expectRecovered(server, webhook, 1)
})

test('on a full disk, only writes fail with 502, and they succeed again once there is room', async (context) => {
  needsRoot(context)
  const disk = smallDisk(temporaryFolder(), 2)
  const server = await startServer({ ownThread: true, databaseUrl: `sqlite:${join(disk, 'rekey.db')}` })
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const makeRoom = fill(disk)
  expectUnavailable(await rotateUntilRefused(server, webhook))
  const event = await lastEvent(server, webhook)
  const rotations = Array.from({ length: 20 }, () => server.api('PATCH', `${webhook}/secret`))
  for (const rotation of rotations) expectUnavailable(await rotation)
  expectUnavailable(await server.api('PUT', '/applications/app_2', { body: {} }))
  expect((await server.api('POST', `${webhook}/signatures`, { body: { payload: 'a' } })).status).toBe(200)
  expect(await lastEvent(server, webhook)).toBe(event)
  makeRoom()
  await expectRecovered(server, webhook, event)
})

test('responds with 502 to writes while the file is read-only, and recovers afterward', async (context) => {
  needsRoot(context)
  const server = await startServer({ ownThread: true })
  const webhook = await provision(server)
  const files = ['rekey.db', 'rekey.db-wal'].map((name) => join(server.folder, name))
  const makeWritable = () => execFileSync('chattr', ['-i', ...files])
  execFileSync('chattr', ['+i', ...files])
  onTestFinished(() => {
    makeWritable()
  })
  const rotations = Array.from({ length: 20 }, () => server.api('PATCH', `${webhook}/secret`))
  for (const rotation of rotations) expectUnavailable(await rotation)
  expect((await server.api('GET', `${webhook}/secret`)).status).toBe(200)
  makeWritable()
  await expectRecovered(server, webhook, 1)
})

test('if part of the file is corrupt, only requests that read it fail with 502', async () => {
  const first = await startServer({ ownThread: true })
  const webhook = await provision(first)
  await first.api('PATCH', `${webhook}/secret`)
  await first.close()
  const file = first.databaseUrl.slice('sqlite:'.length)
  const database = new SqliteDatabase(file)
  const { rootpage } = database
    .prepare(`select rootpage from sqlite_master where name = 'signing_keys'`)
    .get() as { rootpage: number }
  const pageSize = database.pragma('page_size', { simple: true }) as number
  database.close()
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(pageSize, 0xff), 0, pageSize, (rootpage - 1) * pageSize)
  closeSync(handle)

  const server = await startServer({ ownThread: true, beside: first })
  const rotations = Array.from({ length: 5 }, () => server.api('PATCH', `${webhook}/secret`))
  for (const rotation of rotations) expectUnavailable(await rotation)
  expectUnavailable(await server.api('POST', `${webhook}/signatures`, { body: { payload: 'a' } }))
  expect((await server.api('GET', '/applications')).status).toBe(200)
  expect((await server.api('PUT', '/applications/app_2', { body: {} })).status).toBe(201)
})

test.each([
  ['is not a database', 'file is not a database'],
  ['is cut short', 'malformed'],
])('if the database file %s, startup fails with one line that names the file', async (fault, reason) => {
  const server = await startServer({ ownThread: true })
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  await server.close()
  const file = server.databaseUrl.slice('sqlite:'.length)
  const whole = readFileSync(file)
  writeFileSync(file, fault === 'is cut short' ? whole.subarray(0, 6_000) : Buffer.alloc(8_192, 'x'))
  const environment = productionEnvironment(server.databaseUrl)
  const { code, stderr } = await rekey(['serve'], { cwd: server.folder, environment })
  expect(code).toBe(1)
  expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(`${file}.*${reason}`)])
})
