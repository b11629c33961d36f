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

/** Locks the file for writing, from a process of its own. @returns how to let it go */
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

/** Rotates until that is not possible any more. */
async function rotateUntilRefused(server: TestServer, webhook: WebhookPath): Promise<TestResponse> {
  for (let i = 0; i < 500; i++) {
    const answer = await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
    if (answer.status !== 200) return answer
  }
  throw new Error('no rotation was refused')
}

/** The webhook can be rotated, and nothing happened to it since an event. */
async function expectRecovered(server: TestServer, webhook: WebhookPath, event: number): Promise<void> {
  const { status } = await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  expect(status).toBe(200)
  expect(await lastEvent(server, webhook)).toBe(event + 1)
  const database = new SqliteDatabase(server.databaseUrl.slice('sqlite:'.length), { readonly: true })
  expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
  database.close()
}

/**
 * A rotation that keeps SQLite busy for as long as it takes to count to a number.
 * @param timeoutMs of each request
 */
async function rotateSlowly(timeoutMs: number, number: number) {
  const server = await startServer({
    ownThread: true,
    environment: { REKEY_REQUEST_TIMEOUT_MS: String(timeoutMs) },
  })
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  const event = await lastEvent(server, webhook)
  const database = new SqliteDatabase(server.databaseUrl.slice('sqlite:'.length))
  // A trigger has no recursion of its own.
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

test('while SQLite takes its time over a write, requests are accepted, and refused or answered where that needs no database', async () => {
  const { server, webhook, rotation, isAnswered } = await rotateSlowly(30_000, 20_000_000)
  for (let count = 0; count < 20; count++) {
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200)
    expect((await server.api('GET', `${webhook}/secret`, { token: null })).status).toBe(401)
    expect((await server.api('POST', `${webhook}/signatures`, { body: {} })).status).toBe(400)
  }
  expect(isAnswered()).toBe(false)
  expect((await rotation).status).toBe(200)
})

test('while SQLite takes longer over a write than a probe waits, the probe and the scrape are answered', async () => {
  const { server, rotation, isAnswered } = await rotateSlowly(60_000, 120_000_000)
  const [ready, metrics] = await Promise.all(
    ['/readyz', '/metrics'].map((path) => fetch(server.origin + path)),
  )
  expect([ready?.status, metrics?.status, isAnswered()]).toEqual([503, 200, false])
  expect((await rotation).status).toBe(200)
  expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
})

test('a read, a signature or a verification that waits for a slow write is 504 at its deadline, and the write is answered with what became of it', async () => {
  const { server, webhook, event, rotation, isAnswered } = await rotateSlowly(1_000, 60_000_000)
  // It is too late to stop it. Where it takes too long, its connection is cut before the answer.
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

test('a file that another process has locked past the deadline is 504, and others are served meanwhile', async () => {
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

test('a file that another process keeps locked is 502 before the deadline', async () => {
  const server = await startServer({ ownThread: true, environment: { REKEY_REQUEST_TIMEOUT_MS: '60000' } })
  const webhook = await provision(server)
  const release = await lock(server)
  expectUnavailable(await server.api('PATCH', `${webhook}/secret`))
  await release()
  await expectRecovered(server, webhook, 1)
})

test('a full disk is 502 for what writes, and nothing else; with room again it goes on', async (context) => {
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

test('a file that became read-only is 502 for what writes, and goes on once it is not', async (context) => {
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

test('a file of which a part is corrupt is 502 for what needs that part, and nothing else', async () => {
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
  ['is no database', 'file is not a database'],
  ['is cut short', 'malformed'],
])('a file that %s stops the start with a line that names it', async (fault, reason) => {
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
