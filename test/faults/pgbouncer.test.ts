import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { errorTexts } from '../../src/errors.ts'
import type { Queries, Store } from '../../src/store/store.ts'
import { webhookExists } from '../../src/store/tables/webhooks.ts'
import { CrashLoad } from '../support/crash.ts'
import { openDatabase } from '../support/database.ts'
import type { WebhookPath } from '../support/documented-body.ts'
import { lastEvent } from '../support/faults.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { startPgBouncer } from '../support/pgbouncer.ts'
import { expectRecovered, rotate, underWay, type Situation } from '../support/postgres-situation.ts'
import { provisionWebhooks } from '../support/provision.ts'
import { certificateFor } from '../support/receivers.ts'
import { expectTimedOut } from '../support/refusals.ts'
import { provision, startServer, temporaryFolder } from '../support/server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { needsTools } from '../support/tools.ts'

vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 15_000 } } })

const postgres = ownPostgres()

/** Starts a server whose webhook has one key and whose database is behind PgBouncer. */
async function situationBehind(settings: Record<string, string>, environment = {}): Promise<Situation> {
  const databaseUrl = await postgres.newDatabase()
  const { url } = await startPgBouncer(databaseUrl, settings)
  const query = 'client_tls_sslmode' in settings ? '?sslmode=no-verify' : ''
  const server = await startServer({ databaseUrl: `${url}${query}`, environment })
  const place = { server, databaseUrl, webhook: await provision(server) }
  expect((await rotate(place)).status).toBe(200)
  return place
}

/** Creates a certificate. @returns the settings with which PgBouncer accepts only connections with TLS */
async function requireTls(): Promise<Record<string, string>> {
  const folder = temporaryFolder()
  chmodSync(folder, 0o755)
  const { cert, private: key } = await certificateFor({ name: 'localhost' })
  const [client_tls_cert_file, client_tls_key_file] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  writeFileSync(client_tls_cert_file, cert)
  writeFileSync(client_tls_key_file, key)
  return { client_tls_sslmode: 'require', client_tls_cert_file, client_tls_key_file }
}

test.for(['session', 'transaction'])(
  'behind PgBouncer in %s mode, no rotation or signature fails, and no returned secret is lost if PgBouncer is killed',
  async (pool_mode, context) => {
    needsTools(context, 'pgbouncer')
    const databaseUrl = await postgres.newDatabase()
    const pooler = await startPgBouncer(databaseUrl, { pool_mode })
    const server = await startServer({ databaseUrl: pooler.url, ownThread: true })
    const webhooks = await provisionWebhooks(server.origin, 5)
    const load = new CrashLoad(databaseUrl)
    const signed = async () => {
      const statuses = []
      for (const { applicationId, webhookId } of [...webhooks, ...webhooks]) {
        const path = `/applications/${applicationId}/webhooks/${webhookId}/signatures` as const
        statuses.push((await server.api('POST', path, { body: { payload: '{}' } })).status)
      }
      return new Set(statuses)
    }
    await load.through(
      async () => {
        await expect.poll(() => load.rotated).toBeGreaterThan(60)
        expect(await signed()).toEqual(new Set([200]))
      },
      server.origin,
      webhooks,
    )
    expect(await load.check()).toEqual([])
    expect(
      load.answered.filter(({ status, text }) => status !== 200 && !text.includes('10 live keys')),
    ).toEqual([])

    await load.through(
      async () => {
        for (let i = 0; i < 2; i++) {
          await delay(load.random.below(300))
          await pooler.kill()
          await pooler.start()
          const before = load.rotated
          await expect.poll(() => load.rotated).toBeGreaterThan(before)
        }
        await expect.poll(signed).toEqual(new Set([200]))
      },
      server.origin,
      webhooks,
    )
    expect(await load.check()).toEqual([])
    const unknown = load.answered.filter(({ status }) => status === 500)
    expect(unknown.filter(({ text }) => !text.includes(errorTexts.outcomeUnknown))).toEqual([])
  },
)

test.for([
  ['session', ''],
  ['transaction', ' and requires TLS'],
] as const)(
  'behind PgBouncer in %s mode%s, a request that waits for a lock past its deadline returns 504, and its statement is canceled',
  async ([pool_mode, tls], context) => {
    needsTools(context, 'pgbouncer')
    const settings = { pool_mode, ...(tls && (await requireTls())) }
    const place = await situationBehind(settings, { REKEY_REQUEST_TIMEOUT_MS: '1000' })
    const { server, databaseUrl, webhook } = place
    const release = await postgres.hold(databaseUrl, 'lock table signing_keys')
    const requests = [rotate(place), server.api('GET', `${webhook}/secret`)]
    await expect.poll(() => underWay(postgres, databaseUrl)).toHaveLength(2)
    for (const request of requests) expectTimedOut(await request)
    await expect.poll(() => underWay(postgres, databaseUrl), { timeout: 900 }).toEqual([])
    await release()
    await expectRecovered(place)
  },
)

test('behind PgBouncer in transaction mode, responds with 200 if the connection is lost after the commit', async (context) => {
  needsTools(context, 'pgbouncer')
  const databaseUrl = await postgres.newDatabase()
  const pooler = await startPgBouncer(databaseUrl, { pool_mode: 'transaction' })
  const proxy = await startTcpProxy(pooler.url)
  const server = await startServer({ databaseUrl: proxy.url })
  const place = { server, databaseUrl, webhook: await provision(server) }
  await rotate(place)
  proxy.cutAt('commit\0', 'after')
  expect((await rotate(place)).status).toBe(200)
  expect(await lastEvent(server, place.webhook)).toBe(3)
})

test('servers that start together behind PgBouncer in transaction mode migrate once, and leave no lock behind', async (context) => {
  needsTools(context, 'pgbouncer')
  const databaseUrl = await postgres.newDatabase()
  const pooler = await startPgBouncer(databaseUrl, { pool_mode: 'transaction' })
  const stores = await Promise.all([1, 2, 3, 4].map(() => openDatabase(pooler.url)))
  const ran = await Promise.all(stores.map((store) => store.migrate()))
  expect(ran.filter((migrations) => migrations.length > 0)).toHaveLength(1)
  expect(await postgres.sql("select from pg_locks where locktype = 'advisory'", databaseUrl)).toEqual([])
  await expectIdleTimeLimited(stores[0])
})

/** Expects that a stalled process cannot hold a write's locks for longer than a minute, and that nothing else is limited. */
async function expectIdleTimeLimited(store: Store | undefined): Promise<void> {
  const signal = AbortSignal.timeout(10_000)
  const limit = (queries: Queries) =>
    sql`select current_setting('idle_in_transaction_session_timeout') as "limit"`.execute(queries)
  expect((await store?.write(null, limit, signal))?.rows).toEqual([{ limit: '1min' }])
  expect((await store?.read(limit, signal))?.rows).toEqual([{ limit: '0' }])
}

test('refuses to start behind PgBouncer in statement mode', async (context) => {
  needsTools(context, 'pgbouncer')
  const pooler = await startPgBouncer(await postgres.newDatabase(), { pool_mode: 'statement' })
  await expect(startServer({ databaseUrl: pooler.url })).rejects.toThrow(
    'DATABASE_URL leads to a pooler that pools by statement, which allows no transactions; set pool_mode = session or ' +
      'pool_mode = transaction in the pooler',
  )
})

test('detects on each new connection whether there is a pooler, and its pooling mode', async (context) => {
  needsTools(context, 'pgbouncer')
  const databaseUrl = await postgres.newDatabase()
  const proxy = await startTcpProxy(databaseUrl)
  const server = await startServer({ databaseUrl: proxy.url })
  const webhooks: WebhookPath[] = []
  for (let i = 0; i < 5; i++) webhooks.push(await provision(server, `app_${i}`))
  const rotateAll = async () => {
    const rotations = await Promise.all(
      [...webhooks, ...webhooks].map((webhook) => rotate({ server, databaseUrl, webhook })),
    )
    return new Set(rotations.map(({ status }) => status))
  }
  const ready = async () => (await fetch(`${server.origin}/readyz`)).status
  expect(await rotateAll()).toEqual(new Set([200]))
  const pooler = await startPgBouncer(databaseUrl, { pool_mode: 'transaction' })
  proxy.moveTo(pooler.url)
  await expect.poll(ready).toBe(200)
  for (let round = 0; round < 5; round++) expect(await rotateAll()).toEqual(new Set([200]))
  await pooler.kill()
  await pooler.start({ pool_mode: 'statement' })
  await expect.poll(ready).toBe(503)
  expect(await rotateAll()).toEqual(new Set([502]))
  proxy.moveTo(databaseUrl)
  await expect.poll(ready).toBe(200)
  expect(await rotateAll()).toEqual(new Set([200]))
})

test('replaces a connection that has lost its prepared statements', async () => {
  const store = await openDatabase(await postgres.newDatabase())
  await store.migrate()
  const signal = AbortSignal.timeout(10_000)
  const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
  const find = () => store.read((queries) => webhookExists(queries, owner), signal)
  expect(await find()).toBe(false)
  await store.read((queries) => sql`deallocate all`.execute(queries), signal)
  await expect(find()).rejects.toMatchObject({ kind: 'serviceUnavailable' })
  expect(await find()).toBe(false)
})
