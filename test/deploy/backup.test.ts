import { execFile, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { rekey } from '../support/command.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { provision, startServer, temporaryFolder, type TestServer } from '../support/server.ts'
import { needsTools } from '../support/tools.ts'

const run = promisify(execFile)
const operations = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')

/** Returns the command in docs/operations.md that starts with `beginning`. */
function documented(beginning: string): string {
  const command = operations.split('\n').find((line) => line.startsWith(beginning))
  if (command === undefined) throw new Error(`docs/operations.md has no command: ${beginning}`)
  return command
}

interface Rotated {
  webhook: WebhookPath
  secret: string
}

/**
 * Rotates 60 webhooks, each fewer than 10 times, to stay below the limit on live keys.
 * @returns the rotations that have completed so far, and a function that stops rotating
 */
async function keepRotating(server: TestServer) {
  const webhooks = await Promise.all(
    Array.from({ length: 60 }, (_, i) => provision(server, 'app_1', `hook_${i}`)),
  )
  const answered: Rotated[] = []
  let stopped = false
  const rotateAll = async (some: WebhookPath[]) => {
    for (let round = 0; round < 9; round++) {
      for (const webhook of some) {
        if (stopped) return
        const { status, body } = await server.api('PATCH', `${webhook}/secret`)
        expect(status).toBe(200)
        answered.push({ webhook, secret: body.signingSecret })
      }
    }
  }
  const running = Promise.all(
    [0, 1, 2].map((worker) => rotateAll(webhooks.filter((_, i) => i % 3 === worker))),
  )
  const stop = async () => {
    stopped = true
    await running
  }
  onTestFinished(stop)
  return { answered, stop }
}

/** Takes a backup while rotations run. @returns the rotations that completed before the backup began */
async function backUpWhileRotating(server: TestServer, backUp: () => Promise<unknown>): Promise<Rotated[]> {
  const { answered, stop } = await keepRotating(server)
  await expect.poll(() => answered.length, { timeout: 15_000 }).toBeGreaterThan(40)
  const before = [...answered]
  await backUp()
  expect(answered.length).toBeGreaterThan(before.length)
  await stop()
  return before
}

function backUpSqlite(cwd: string) {
  const PATH = `${dirname(process.execPath)}:${process.env['PATH']}`
  return run('sh', ['-c', documented('(umask 077; node --eval')], { cwd, env: { PATH } })
}

async function expectWhole(databaseUrl: string, rotated: Rotated[]): Promise<void> {
  const environment = { ...exampleEnvironment, DATABASE_URL: databaseUrl }
  const restored = await startServer({ environment })
  for (const { webhook, secret } of rotated) {
    const at = new Date()
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', at, '{}'),
    }
    const { body } = await restored.api('POST', `${webhook}/signatures/verify`, {
      body: { headers, payload: '{}' },
    })
    expect(body.valid, webhook).toBe(true)
  }
  const { code, stdout } = await rekey(['audit', 'verify'], { cwd: restored.folder, environment })
  expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ broken: null })])
}

test(
  'a SQLite backup taken while rotations run contains every secret returned before the backup began',
  { timeout: 60_000 },
  async () => {
    const folder = temporaryFolder()
    const server = await startServer({
      environment: { DATABASE_URL: `sqlite:${join(folder, 'data/rekey.db')}` },
    })
    const rotated = await backUpWhileRotating(server, () => backUpSqlite(folder))
    expect(statSync(join(folder, 'rekey-backup.db')).mode & 0o077).toBe(0)
    const elsewhere = join(temporaryFolder(), 'rekey.db')
    copyFileSync(join(folder, 'rekey-backup.db'), elsewhere)
    await expectWhole(`sqlite:${elsewhere}`, rotated)
  },
)

test('if the SQLite database does not exist, the backup fails and does not create the database', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'data'))
  await expect(backUpSqlite(folder)).rejects.toThrow('unable to open database file')
  expect(readdirSync(folder, { recursive: true })).toEqual(['data'])
})

test(
  'a PostgreSQL dump taken while rotations run contains every secret returned before the dump began',
  { timeout: 90_000 },
  async (context) => {
    // pg_dump refuses servers newer than itself, so the test starts the installed server, not the one from npm.
    needsTools(context, 'pg_dump', 'pg_restore')
    const postgres = await startPostgres({ fsync: 'off' }, installedPrograms())
    onTestFinished(postgres.remove)
    const administrator = new pg.Client({ connectionString: postgres.url })
    await administrator.connect()
    onTestFinished(() => administrator.end())
    for (const statement of [
      `create role rekey login password 'password'`,
      'create role servers',
      'create database rekey owner rekey',
      'create database rekey_restored owner rekey',
      'create database part_restored owner rekey',
    ])
      await administrator.query(statement)
    const url = (database: string) =>
      postgres.url.replace('postgres:password', 'rekey:password').replace(/postgres$/, database)

    const server = await startServer({
      environment: { ...exampleEnvironment, DATABASE_URL: url('rekey') },
    })
    const { hostname, port } = new URL(postgres.url)
    const shell = {
      cwd: temporaryFolder(),
      env: {
        ...{ PATH: process.env['PATH'], PGHOST: hostname, PGPORT: port },
        ...{ PGUSER: 'rekey', PGPASSWORD: 'password', PGDATABASE: 'rekey' },
      },
    }
    const owner = new pg.Client({ connectionString: url('rekey') })
    await owner.connect()
    onTestFinished(() => owner.end())
    await owner.query('grant select, insert, update, delete on all tables in schema rekey to servers')
    await owner.query('create table public.of_another_application (id integer)')
    const dump = documented('pg_dump')
    const part = `${dump.replace('rekey.dump', 'part.dump')} --schema=rekey`
    const rotated = await backUpWhileRotating(server, () => run('sh', ['-c', `${dump} && ${part}`], shell))
    // A dump may be restored before the servers' roles exist.
    await owner.query('revoke all on all tables in schema rekey from servers')
    await administrator.query('drop role servers')
    const restore = documented('pg_restore')
    await run('sh', ['-c', restore], shell)
    await expectWhole(url('rekey_restored'), rotated)
    const restorePart = restore.replace('rekey_restored', 'part_restored').replace('rekey.dump', 'part.dump')
    await run('sh', ['-c', restorePart], shell)
    await expectWhole(url('part_restored'), rotated)
    await server.close()
  },
)

/** Returns the paths where Debian installs the PostgreSQL server programs of pg_dump's version. */
function installedPrograms() {
  const { stdout } = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' })
  const version = / (\d+)\./.exec(stdout)?.[1] ?? ''
  const bin = `/usr/lib/postgresql/${version}/bin`
  if (!existsSync(join(bin, 'postgres'))) throw new Error(`no matching PostgreSQL server in ${bin}`)
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}
