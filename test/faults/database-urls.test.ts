import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Environment } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { openStore } from '../../src/store/open-store.ts'
import { rekey } from '../support/command.ts'
import { exampleEnvironment } from '../support/environment.ts'
import { listen } from '../support/listen.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { nobody } from '../support/postgres-server.ts'
import { certificateFor } from '../support/receivers.ts'
import { provision, startServer } from '../support/server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { skipWithout } from '../support/tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'rekey-urls-'))
chmodSync(folder, 0o755)
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Lets the user who runs PostgreSQL own the file or folder. */
function giveToPostgres(path: string): string {
  if (process.getuid?.() === 0) chownSync(path, nobody.uid, nobody.gid)
  return path
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return giveToPostgres(path)
}

const serverCertificate = await certificateFor({ name: 'db.test', ip: '127.0.0.1' })
const clientCertificate = await certificateFor({ name: 'certified' })
const root = file('root.pem', serverCertificate.cert)
const clientFiles = `sslcert=${file('client.pem', clientCertificate.cert)}&sslkey=${file('client.key', clientCertificate.private)}`
/** Named as in Google Cloud SQL. */
const socketFolder = join(folder, 'project:region:instance')
mkdirSync(socketFolder)
const access = file(
  'pg_hba.conf',
  'local all all scram-sha-256\nhostssl all certified all cert\nhost all open all password\nhost all all all scram-sha-256\n',
)

const postgres = ownPostgres({
  listen_addresses: '127.0.0.1,::1',
  unix_socket_directories: giveToPostgres(socketFolder),
  hba_file: access,
  ssl: 'on',
  ssl_cert_file: root,
  ssl_key_file: file('server.key', serverCertificate.private),
  ssl_ca_file: file('clients.pem', clientCertificate.cert),
})
const standby = ownPostgres({ hba_file: access })

let port = ''
let standbyPort = ''
beforeAll(async () => {
  port = new URL(postgres.server().url).port
  standbyPort = new URL(standby.server().url).port
  for (const statement of [
    `create role "us er" login password 'p@ss/w:rd#%é?'`,
    'create role certified login',
    `create role open login password 'secret'`,
    'create database "da ta/b"',
  ])
    await postgres.sql(statement)
  await standby.server().stop('fast')
  const signal = join(standby.server().dataFolder, 'standby.signal')
  writeFileSync(signal, '')
  giveToPostgres(signal)
  await standby.server().start()
})

interface Session {
  user: string
  database: string
  port: number | null
  address: string | null
  encrypted: boolean
  version: string | null
  name: string
  geqo: string
}

/** Connects as Rekey does. @returns what the server says about the connection */
async function connect(url: string, environment: Environment = {}): Promise<Session | undefined> {
  const { database } = readConfig({ ...exampleEnvironment, DATABASE_URL: url, ...environment })
  const store = await openStore(database)
  try {
    const query = sql<Session>`select current_user as user, current_database() as database,
      host(inet_server_addr()) as address, inet_server_port() as port, ssl as encrypted, version, application_name as name, current_setting('geqo') as geqo
      from pg_stat_ssl join pg_stat_activity using (pid) where pid = pg_backend_pid()`
    return await store.read(
      async (queries) => (await query.execute(queries)).rows[0],
      AbortSignal.timeout(20_000),
    )
  } finally {
    await store.close()
  }
}

/** The error that keeps Rekey from connecting. */
async function refusal(url: string): Promise<string> {
  const error: unknown = await connect(url).catch((thrown: unknown) => thrown)
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
}

const own = { user: 'postgres', database: 'postgres', encrypted: false }

test.each<[string, () => string, object, (() => Environment)?]>([
  [
    'a host and a port',
    () => `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    { ...own, name: 'rekey' },
  ],
  [
    'the folder of a Unix socket as a parameter',
    () => `postgresql://postgres:password@/postgres?host=${socketFolder}&port=${port}`,
    { ...own, address: null },
  ],
  [
    'the folder of a Unix socket in addition to localhost',
    () => `postgres://postgres:password@localhost:${port}/postgres?host=${socketFolder}`,
    { ...own, address: null },
  ],
  [
    'the percent-encoded folder of a Unix socket',
    () => `postgres://postgres:password@${encodeURIComponent(socketFolder)}:${port}/postgres`,
    { ...own, address: null },
  ],
  [
    'a percent-encoded user, password and database',
    () => `postgres://us%20er:${encodeURIComponent('p@ss/w:rd#%é?')}@127.0.0.1:${port}/da%20ta%2Fb`,
    { user: 'us er', database: 'da ta/b' },
  ],
  [
    "libpq's variables",
    () => 'postgres://',
    { ...own, user: 'us er', name: 'keys' },
    () => ({
      PGHOST: '127.0.0.1',
      PGPORT: port,
      PGUSER: 'us er',
      PGPASSWORD: 'p@ss/w:rd#%é?',
      PGDATABASE: 'postgres',
      PGAPPNAME: 'keys',
    }),
  ],
  [
    'settings of the session',
    () =>
      `postgres://postgres:password@127.0.0.1:${port}/postgres?options=-c%20geqo%3Doff&application_name=keys`,
    { geqo: 'off', name: 'keys' },
  ],
])('connects to %s', async (_, url, session, environment) => {
  expect(await connect(url(), environment?.())).toMatchObject(session)
})

test('connects to an IPv6 address', async (context) => {
  if (!Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1')))
    skipWithout(context, 'this machine has no IPv6 address ::1')
  const session = await connect(`postgres://postgres:password@[::1]:${port}/postgres`)
  expect(session).toMatchObject({ ...own, address: '::1' })
})

const overTls = (parameters: string, host = '127.0.0.1', user = 'postgres:password') =>
  `postgres://${user}@${host}:${port}/postgres?${parameters}`

test.each<[string, () => string]>([
  ['sslmode=verify-full', () => overTls(`sslmode=verify-full&sslrootcert=${root}`)],
  ['sslrootcert alone', () => overTls(`sslrootcert=${root}`)],
  ['sslmode=require', () => overTls(`sslmode=require&sslrootcert=${root}`)],
  [
    'sslmode=verify-ca, for a host that is not in the certificate',
    () => overTls(`sslmode=verify-ca&sslrootcert=${root}`, 'localhost'),
  ],
  ['sslmode=no-verify, without the CA', () => overTls('sslmode=no-verify')],
  ['sslnegotiation=direct', () => overTls(`sslnegotiation=direct&sslrootcert=${root}`)],
  ['channel_binding=require', () => overTls(`channel_binding=require&sslrootcert=${root}`)],
  ['channel_binding=prefer', () => overTls(`channel_binding=prefer&sslrootcert=${root}`)],
  ['a client certificate', () => overTls(`sslrootcert=${root}&${clientFiles}`, '127.0.0.1', 'certified')],
])('encrypts the connection with %s', async (_, url) => {
  expect(await connect(url())).toMatchObject({ encrypted: true, version: 'TLSv1.3' })
})

test.each<[string, () => string, RegExp]>([
  [
    'whose CA is unknown (sslmode=require)',
    () => overTls('sslmode=require'),
    /^the server's certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\); set sslrootcert in DATABASE_URL/,
  ],
  [
    'whose CA is not among those of the system (sslrootcert=system)',
    () => overTls('sslrootcert=system'),
    /^the server's certificate is not trusted/,
  ],
  [
    'whose certificate is for another host (sslmode=verify-full)',
    () => overTls(`sslmode=verify-full&sslrootcert=${root}`, 'localhost'),
    /altnames.*; set the host in DATABASE_URL to a name in the certificate$/,
  ],
  [
    'that asks for the password itself (channel_binding=require)',
    () => overTls(`channel_binding=require&sslrootcert=${root}`, '127.0.0.1', 'open:secret'),
    /^the server does not offer channel binding \(SCRAM-SHA-256-PLUS\), which DATABASE_URL requires$/,
  ],
])('does not use a server %s', async (_, url, reason) => {
  expect(await refusal(url())).toMatch(reason)
})

const onServers = (servers: (number | string)[], parameters = '') =>
  `postgres://postgres:password@${servers.map((each) => `127.0.0.1:${each}`).join()}/postgres?${parameters}`

test.each([
  ['', () => port],
  ['target_session_attrs=read-write', () => port],
  ['target_session_attrs=primary', () => port],
  ['target_session_attrs=any', () => standbyPort],
])('chooses the right one of a dead server, a standby and a primary (%s)', async (parameters, expected) => {
  const session = await connect(onServers([1, standbyPort, port], parameters))
  expect(session).toMatchObject({ port: Number(expected()) })
})

test('if none of the servers can be used, the error says why for each of them', async () => {
  expect(await refusal(onServers([1, standbyPort]))).toBe(
    'none of the servers can be used: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1; ' +
      `127.0.0.1:${standbyPort}: the server does not accept writes`,
  )
  expect(await refusal(onServers([1, standbyPort], 'target_session_attrs=primary'))).toContain(
    'the server is a standby',
  )
  expect(await refusal(onServers([standbyPort], 'target_session_attrs=read-write'))).toBe(
    'the server does not accept writes',
  )
})

test('a rejected password ends the search', async () => {
  const url = onServers([standbyPort, port]).replace(':password', ':wrong')
  expect(await refusal(url)).toBe('password authentication failed for user "postgres"')
})

test('when its server goes down, Rekey moves to the next one', async () => {
  const databaseUrl = await postgres.newDatabase()
  const proxies = [await startTcpProxy(databaseUrl), await startTcpProxy(databaseUrl)] as const
  const ports = proxies.map(({ url }) => new URL(url).port)
  const url = onServers(ports).replace('/postgres?', new URL(databaseUrl).pathname)
  const server = await startServer({ databaseUrl, environment: { DATABASE_URL: url } })
  const webhook = await provision(server)
  const rotate = async () => (await server.api('PATCH', `${webhook}/secret`)).status
  expect(await rotate()).toBe(200)
  proxies[0].goDown()
  await expect.poll(rotate).toBe(200)
  for (let rotations = 0; rotations < 5; rotations++) expect(await rotate()).toBe(200)
  proxies[1].cutAt('commit\0', 'after')
  expect(await rotate()).toBe(200)
  proxies[1].goDown()
  expect(await rotate()).toBe(502)
})

test('new connections go to the server that the last connection reached, without retrying the dead server', async () => {
  let attempts = 0
  const dead = createServer((socket) => {
    attempts++
    socket.destroy()
  })
  const url = onServers([await listen(dead), port])
  const store = await openStore(readConfig({ ...exampleEnvironment, DATABASE_URL: url }).database)
  onTestFinished(() => store.close())
  const ping = () => store.ping(AbortSignal.timeout(20_000))
  await ping()
  const before = attempts
  expect(before).toBeGreaterThan(0)
  await Promise.all([ping(), ping(), ping()])
  expect(attempts).toBe(before)
})

test('the server and the commands use the same URL, with a Unix socket as in Google Cloud SQL', async () => {
  const databaseUrl = await postgres.newDatabase()
  const url = `postgres://postgres:password@${new URL(databaseUrl).pathname}?host=${socketFolder}&port=${port}`
  const environment = { ...exampleEnvironment, DATABASE_URL: url }
  const server = await startServer({ databaseUrl, environment })
  const webhook = await provision(server)
  expect((await server.api('PATCH', `${webhook}/secret`)).status).toBe(200)
  const { code, stdout } = await rekey(['rotate', '--all'], { cwd: server.folder, environment })
  expect({ code, result: JSON.parse(stdout) as unknown }).toMatchObject({ code: 0, result: { rotated: 1 } })
})
