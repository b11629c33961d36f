import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { main, rekey } from '../support/command.ts'
import { execute } from '../support/database.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { writeLongTrail } from '../support/long-trail.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'

function environmentOf(server: TestServer) {
  return { ...exampleEnvironment, DATABASE_URL: server.databaseUrl }
}

/**
 * Starts `rekey audit follow`, which appends to `file`.
 * @returns a function that sends a signal and waits for the exit code
 */
function startFollowing(server: TestServer, file: string) {
  const descriptor = openSync(file, 'a')
  const child = spawn(process.execPath, [main, 'audit', 'follow', '--place', `${file}.place`], {
    cwd: server.folder,
    env: environmentOf(server),
    stdio: ['ignore', descriptor, 'ignore'],
  })
  closeSync(descriptor)
  const exit = once(child, 'exit') as Promise<[number | null]>
  return async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    const [code] = await exit
    return code
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
}

function namesIn(file: string): string[] {
  return linesOf(file).map((line) => {
    const { applicationId, webhookId, sequence } = JSON.parse(line) as Record<string, string>
    return `${applicationId}/${webhookId} ${sequence}`
  })
}

/** Follows the feed into a file until the file has at least this many lines. */
async function followUntil(server: TestServer, file: string, lines: number): Promise<number | null> {
  const stop = startFollowing(server, file)
  await expect.poll(() => linesOf(file).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(lines)
  return stop('SIGTERM')
}

async function verifyAgainst(server: TestServer, file: string) {
  const args = ['audit', 'verify', '--against', file]
  const { code, stdout, stderr } = await rekey(args, {
    cwd: server.folder,
    environment: environmentOf(server),
  })
  return { code, stderr, json: (stdout === '' ? null : JSON.parse(stdout)) as unknown }
}

/** Starts a server with two webhooks, each created and then rotated twice. */
async function trail(): Promise<{ server: TestServer; file: string }> {
  const server = await startServer()
  for (const id of ['hook_1', 'hook_2']) {
    const webhook = await provision(server, 'app_1', id)
    for (let i = 0; i < 2; i++) await server.api('PATCH', `${webhook}/secret`)
  }
  return { server, file: join(server.folder, 'audit.jsonl') }
}

test('audit follow prints the items of GET /events, remembers its place, and continues with new events', async () => {
  const { server, file } = await trail()
  expect(await followUntil(server, file, 6)).toBe(0)
  const { body } = await server.api('GET', '/events')
  expect(linesOf(file)).toEqual(body.items.map((item) => JSON.stringify(item)))
  await provision(server, 'app_2')
  await followUntil(server, file, 7)
  expect(namesIn(file).slice(6)).toEqual(['app_2/hook_1 1'])
  expect(await verifyAgainst(server, file)).toMatchObject({
    code: 0,
    json: { chains: 3, events: 7, broken: null, compared: 7, unreadable: 0 },
  })
})

test('audit follow loses no event, however often it is killed', { timeout: 120_000 }, async () => {
  const server = await startServer()
  await provision(server)
  await writeLongTrail(server.databaseUrl, { applicationId: 'app_1', webhookId: 'hook_1' }, 3_000)
  const file = join(server.folder, 'audit.jsonl')
  for (let lines = 1; lines < 3_001; lines += 700) {
    const stop = startFollowing(server, file)
    await expect
      .poll(() => linesOf(file).length, { timeout: 30_000, interval: 1 })
      .toBeGreaterThanOrEqual(lines)
    await stop('SIGKILL')
  }
  await provision(server, 'app_1', 'last')
  const stop = startFollowing(server, file)
  await expect.poll(() => linesOf(file).at(-1), { timeout: 30_000 }).toContain('"last"')
  await stop('SIGTERM')
  const printed = namesIn(file)
  expect(new Set(printed).size).toBe(3_002)
  // Each kill can repeat one page at most.
  expect(printed.length - 3_002).toBeLessThanOrEqual(5 * 100)
  expect(await verifyAgainst(server, file)).toMatchObject({ code: 0, json: { compared: 3_002 } })
})

test('audit follow ends a line that a killed run left unfinished, and verify counts it as unreadable', async () => {
  const { server, file } = await trail()
  writeFileSync(file, '{"applicationId":"app_1","webh')
  await followUntil(server, file, 7)
  const [unfinished, ...lines] = linesOf(file)
  expect(unfinished).toBe('{"applicationId":"app_1","webh')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toHaveLength(6)
  expect((await verifyAgainst(server, file)).json).toMatchObject({ compared: 6, unreadable: 1, broken: null })
})

test.each([
  [
    'a truncated trail',
    `delete from events where webhook_id = 'hook_1' and type = 'webhook.deleted'`,
    'event 4 of app_1/hook_1: it was followed, but is gone; the trail was cut off, or the database was restored from an older backup',
  ],
  [
    'a removed trail',
    `delete from events where webhook_id = 'hook_1'`,
    'event 1 of app_1/hook_1: it was followed, but is gone; the trail was cut off, or the database was restored from an older backup',
  ],
])('audit verify --against notices %s, which verify alone does not', async (_, statement, broken) => {
  const { server, file } = await trail()
  await server.api('DELETE', '/applications/app_1/webhooks/hook_1')
  await followUntil(server, file, 7)
  await execute(server.databaseUrl, statement)
  const { stdout } = await rekey(['audit', 'verify'], {
    cwd: server.folder,
    environment: environmentOf(server),
  })
  expect(JSON.parse(stdout)).toMatchObject({ broken: null })
  const { code, stderr, json } = await verifyAgainst(server, file)
  expect([code, json]).toEqual([1, expect.objectContaining({ broken })])
  expect(stderr).toContain(broken)
})

test('audit verify --against notices a chain that was rewritten with valid hashes, which verify alone does not', async () => {
  const server = await startServer()
  const file = join(server.folder, 'audit.jsonl')
  const webhook = await provision(server)
  await server.api('DELETE', webhook)
  await followUntil(server, file, 2)
  await execute(server.databaseUrl, 'delete from events')
  await provision(server)
  await server.api('PUT', webhook, { body: { url: 'https://merchant.example/other' } })
  const { stdout } = await rekey(['audit', 'verify'], {
    cwd: server.folder,
    environment: environmentOf(server),
  })
  expect(JSON.parse(stdout)).toMatchObject({ events: 2, broken: null })
  expect((await verifyAgainst(server, file)).json).toMatchObject({
    broken: 'event 1 of app_1/hook_1: it had another hash when it was followed, so the trail was rewritten',
  })
})

test('audit follow and verify --against reject files that they cannot use', async () => {
  const { server, file } = await trail()
  writeFileSync(file, '')
  expect((await verifyAgainst(server, file)).stderr).toContain('has no events to compare with')
  appendFileSync(file, '\n{"applicationId":"app_1"}\n')
  expect((await verifyAgainst(server, file)).stderr).toContain('line 2: not an event of rekey audit follow')
  writeFileSync(`${file}.place`, 'somewhere')
  const run = (...args: string[]) =>
    rekey(['audit', 'follow', ...args], { cwd: server.folder, environment: environmentOf(server) })
  const wrongPlace = await run('--place', `${file}.place`)
  expect([wrongPlace.code, wrongPlace.stderr]).toEqual([
    1,
    expect.stringContaining('has no place that rekey audit follow saved'),
  ])
  writeFileSync(`${file}.place`, '99-00000000\n')
  const lost = await run('--place', `${file}.place`)
  expect([lost.code, lost.stderr]).toEqual([1, expect.stringContaining('restored from a backup')])
  expect((await run()).code).toBe(2)
})
