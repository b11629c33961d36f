import { execFile, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import SqliteDatabase from 'better-sqlite3'
import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { openSqlite } from '../../src/store/sqlite/sqlite-store.ts'
import { rekey, type CommandOptions } from '../support/command.ts'
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

/** Runs the documented backup of a SQLite database. The environment has no keys, because a backup needs none. */
function backUpSqlite(cwd: string, more: Partial<CommandOptions> = {}) {
  const [, ...args] = documented('rekey backup').split(' ')
  const environment = { NODE_ENV: 'production', DATABASE_URL: 'sqlite:data/rekey.db' }
  return rekey(args, { cwd, environment, ...more })
}

/** Restores a backup, and verifies with every secret. @returns the output of `rekey audit verify` */
async function expectWhole(databaseUrl: string, rotated: Rotated[]): Promise<Audited> {
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
  return JSON.parse(stdout) as Audited
}

interface Audited {
  chains: number
  events: number
}

test(
  'a SQLite backup taken while rotations run contains every secret returned before the backup began',
  { timeout: 60_000 },
  async () => {
    const folder = temporaryFolder()
    const server = await startServer({
      environment: { DATABASE_URL: `sqlite:${join(folder, 'data/rekey.db')}` },
    })
    let output = ''
    const rotated = await backUpWhileRotating(server, async () => {
      const { code, stdout, stderr } = await backUpSqlite(folder)
      expect([code, stderr]).toEqual([0, ''])
      output = stdout
    })
    const backup = join(folder, 'rekey-backup.db')
    expect(statSync(backup).mode & 0o777).toBe(0o600)
    const elsewhere = join(temporaryFolder(), 'rekey.db')
    copyFileSync(backup, elsewhere)
    const { chains, events } = await expectWhole(`sqlite:${elsewhere}`, rotated)
    expect(JSON.parse(output)).toEqual({ file: 'rekey-backup.db', chains, events })
  },
)

test('a SQLite backup that is killed leaves no file with its name, and one that is stopped leaves nothing', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'data/rekey.db')
  const store = openSqlite(file)
  await store.migrate()
  await store.close()
  const large = new SqliteDatabase(file)
  large.exec('create table large (bytes); insert into large values (zeroblob(100000000))')
  large.close()
  const folders = () => readdirSync(folder).filter((name) => name.startsWith('.rekey-backup-'))
  const killWhen = () => folders().length > 0
  expect((await backUpSqlite(folder, { killWhen, signal: 'SIGTERM' })).code).toBe(1)
  expect(readdirSync(folder)).toEqual(['data'])
  expect((await backUpSqlite(folder, { killWhen })).code).toBe(null)
  expect(readdirSync(folder)).toEqual([...folders(), 'data'])
})

test('a backup never replaces a file, and needs a folder that it can write to', async () => {
  const folder = temporaryFolder()
  await rekey(['migrate'], { cwd: folder, environment: exampleEnvironment })
  writeFileSync(join(folder, 'rekey-backup.db'), 'an earlier backup')
  const refused = await backUpSqlite(folder)
  expect([refused.code, refused.stderr]).toEqual([
    1,
    'rekey backup: rekey-backup.db exists; choose another name\n',
  ])
  expect(readFileSync(join(folder, 'rekey-backup.db'), 'utf8')).toBe('an earlier backup')
  const lost = await rekey(['backup', 'missing/rekey.db'], { cwd: folder })
  expect([lost.code, lost.stderr]).toEqual([
    1,
    expect.stringMatching(/missing \(ENOENT\); create it or choose another\n$/),
  ])
})

test('if the SQLite database does not exist, the backup fails and does not create the database', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'data'))
  const { code, stderr } = await backUpSqlite(folder)
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/no database at .*data\/rekey.db: set DATABASE_URL/),
  ])
  expect(readdirSync(folder, { recursive: true })).toEqual(['data'])
})

test('a damaged SQLite database is not backed up', async () => {
  const folder = temporaryFolder()
  await rekey(['migrate'], { cwd: folder, environment: exampleEnvironment })
  const file = join(folder, 'data/rekey.db')
  const bytes = readFileSync(file)
  // The second page is the root of the first table.
  bytes.fill(0xff, 4_096, 4_196)
  writeFileSync(file, bytes)
  const { code, stderr } = await backUpSqlite(folder)
  expect([code, stderr]).toEqual([1, expect.stringContaining('the database data/rekey.db is damaged')])
  expect(readdirSync(folder)).toEqual(['data'])
})

test('for PostgreSQL, `rekey backup` fails, names the pg_dump command and shows no password', async () => {
  const { code, stderr } = await rekey(['backup', 'rekey.dump'], {
    cwd: temporaryFolder(),
    environment: { DATABASE_URL: 'postgres://rekey:a-password@db.example/rekey' },
  })
  expect([code, stderr]).toEqual([1, expect.stringContaining(`\`${documented('pg_dump')}\``)])
  expect(stderr).not.toContain('a-password')
})

test(
  'a PostgreSQL dump taken while rotations run contains every secret returned before the dump began',
  { timeout: 90_000 },
  async (context) => {
    // pg_dump refuses servers newer than itself, so the test starts the installed server, not the one from npm.
    needsTools(context, 'pg_dump', 'pg_restore')
    const postgres = await startPostgres({ fsync: 'off' }, { programs: installedPrograms() })
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
