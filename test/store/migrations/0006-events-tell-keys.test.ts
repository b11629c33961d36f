import { CompiledQuery, type Kysely } from 'kysely'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { sweep } from '../../../src/core/sweep.ts'
import { chain, type AuditEvent, type EventKey, type Happening } from '../../../src/domain/audit.ts'
import { Keyring } from '../../../src/domain/sealing.ts'
import { newKeyId, type KeyOwner } from '../../../src/domain/signing-key.ts'
import { fingerprint, generateSigningSecret } from '../../../src/domain/signing-secret.ts'
import { migration as first } from '../../../src/store/migrations/0001-applications-webhooks-keys.ts'
import { migration as second } from '../../../src/store/migrations/0002-idempotency-events.ts'
import { migration as third } from '../../../src/store/migrations/0003-rate-limits.ts'
import { migration as fourth } from '../../../src/store/migrations/0004-page-feedback.ts'
import { migration as fifth } from '../../../src/store/migrations/0005-fewer-indexes.ts'
import { execute, newDatabase, onPostgres, openDatabase, withDatabase } from '../../support/database.ts'
import { exampleEnvironment } from '../../support/environment.ts'
import { rekey } from '../../support/command.ts'
import { startServer, temporaryFolder } from '../../support/server.ts'

const keyring = new Keyring(readConfig(exampleEnvironment).encryptionKeys)
const hour = 3_600_000
const day = 24 * hour
const now = Date.now()

type Row = Record<string, string | number | null>

/** What was stored before, in the tables of then. */
class OldDatabase {
  readonly #url: string
  readonly #rows: [table: string, row: Row][] = []
  readonly #last = new Map<string, ReturnType<typeof chain>>()
  readonly #generations = new Map<string, number>()

  constructor(url: string) {
    this.#url = url
    this.#rows.push(['applications', { id: 'app', name: null, created_at: now, updated_at: now }])
  }

  webhook(id: string): KeyOwner {
    const owner = { applicationId: 'app', webhookId: id }
    this.#rows.push([
      'webhooks',
      { application_id: 'app', id, url: 'https://a.example/', created_at: now, updated_at: now },
    ])
    this.event(owner, { type: 'webhook.created' })
    return owner
  }

  event(owner: KeyOwner, happened: Partial<Happening> & Pick<Happening, 'type'>): void {
    const happening = { at: now - day, actor: 'ops', reason: null, requestId: null, key: null, endedKeys: [] }
    const event = chain(owner, { ...happening, ...happened }, this.#last.get(owner.webhookId))
    this.#last.set(owner.webhookId, event)
    this.#rows.push(['events', toRow(event)])
  }

  /** As it is now, and rotated with an event. */
  key(owner: KeyOwner, createdAt: number, end: Partial<EventKey>, endedKeys: EventKey[] = []) {
    const secret = generateSigningSecret()
    const id = newKeyId(createdAt)
    const { short, sha256 } = fingerprint(secret)
    const generation = (this.#generations.get(owner.webhookId) ?? 0) + 1
    this.#generations.set(owner.webhookId, generation)
    const key = { id, fingerprint: short, expiresAt: null, revokedAt: null }
    this.event(owner, { type: 'secret.rotated', at: createdAt, key, endedKeys })
    const row = {
      id,
      ...{
        application_id: owner.applicationId,
        webhook_id: owner.webhookId,
        generation,
        fingerprint: short,
        sha256,
      },
      ...{ sealed_secret: keyring.seal(secret, { ...owner, keyId: id }), sealed_by: 'k1' },
      ...{ created_at: createdAt, created_by: 'ops', reason: null },
      ...{ expires_at: end.expiresAt ?? null, revoked_at: end.revokedAt ?? null },
    }
    this.#rows.push(['signing_keys', row])
    return { ...key, secret, ended: { ...key, ...end }, row }
  }

  row(table: string, row: Row): void {
    this.#rows.push([table, row])
  }

  async write(): Promise<void> {
    await withDatabase(this.#url, async (queries) => {
      const db = queries as unknown as Kysely<unknown>
      for (const migration of [first, second, third, fourth, fifth]) await migration.up(db)
      const run = (text: string, values: unknown[] = []) =>
        queries.executeQuery(CompiledQuery.raw(text, values))
      await run(
        'create table kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)',
      )
      const names = ['0001-applications-webhooks-keys', '0002-idempotency-events', '0003-rate-limits']
      for (const name of [...names, '0004-page-feedback', '0005-fewer-indexes'])
        await run(`insert into kysely_migration values ('${name}', '2026-01-01')`)
      for (const [table, row] of this.#rows) {
        const values = Object.values(row).map((value) =>
          typeof value === 'string' ? `'${value}'` : String(value),
        )
        await run(`insert into ${table} (${Object.keys(row).join()}) values (${values.join()})`)
      }
    })
  }
}

function toRow(event: AuditEvent): Row {
  return {
    ...{ application_id: event.applicationId, webhook_id: event.webhookId, sequence: event.sequence },
    ...{
      type: event.type,
      at: event.at,
      actor: event.actor,
      reason: event.reason,
      request_id: event.requestId,
    },
    ...{ key: event.key && JSON.stringify(event.key), ended_keys: JSON.stringify(event.endedKeys) },
    ...{ previous_hash: event.previousHash, hash: event.hash },
  }
}

async function oldDatabase() {
  const folder = temporaryFolder()
  const url = await newDatabase(join(folder, 'data'))
  const old = new OldDatabase(url)
  const owner = old.webhook('hook_1')
  const one = old.key(owner, now - 9 * day, { expiresAt: now - 8 * day })
  const two = old.key(owner, now - 9 * day, { expiresAt: now + day, revokedAt: now - hour }, [one.ended])
  const three = old.key(owner, now - 2 * day, { expiresAt: now + day }, [{ ...two.ended, revokedAt: null }])
  old.event(owner, { type: 'secret.previous_revoked', at: now - hour, endedKeys: [two.ended] })
  const four = old.key(owner, now - hour, {}, [three.ended])
  old.event(owner, { type: 'receiver.probed', key: four })
  old.event(owner, { type: 'receiver.probed', key: four })
  old.row('idempotency_records', {
    ...{ application_id: 'app', webhook_id: 'hook_1', request: 'a'.repeat(64), body: 'b'.repeat(64) },
    ...{ key_id: four.id, expires_at: now + hour },
  })
  return { folder, url, old, owner, one, two, three, four }
}

const idsOf = (keys: { id: string }[]) => keys.map(({ id }) => id)

test('what was stored before goes on to sign, verify, be listed and rotated, and its trail is whole', async () => {
  const { url, old, one, two, three, four } = await oldDatabase()
  const gone = old.webhook('hook_2')
  old.event(gone, { type: 'secret.rotated', key: { ...four, id: 'key_gone' } })
  old.event(gone, { type: 'webhook.deleted' })
  old.event(gone, { type: 'webhook.created' })
  old.webhook('hook_3')
  await old.write()
  const server = await startServer({ databaseUrl: url })
  const webhook = '/applications/app/webhooks/hook_1'

  const { body: state } = await server.api('GET', `${webhook}/secret`)
  expect(state.current.id).toBe(four.id)
  expect(state.previous.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual([
    [three.id, 'previous'],
    [two.id, 'revoked'],
    [one.id, 'expired'],
  ])
  expect(state.previous[1]).toMatchObject({ revokedAt: new Date(now - hour).toISOString() })
  const { body: list } = await server.api('GET', '/applications/app/webhooks')
  expect(list.items.map(({ keyFingerprint, liveKeys }: Row) => [keyFingerprint, liveKeys])).toEqual([
    [four.fingerprint, 2],
    [null, 0],
    [null, 0],
  ])
  for (const empty of ['hook_2', 'hook_3'])
    expect((await server.api('GET', `/applications/app/webhooks/${empty}/secret`)).body).toEqual({
      current: null,
      previous: [],
    })

  const payload = '{"paid":true}'
  const { body: signed } = await server.api('POST', `${webhook}/signatures`, { body: { payload } })
  for (const { secret } of [three, four])
    expect(new Webhook(secret).verify(payload, signed.headers)).toBeTruthy()
  expect(signed.headers['webhook-signature'].split(' ')).toHaveLength(2)
  const sentAt = new Date()
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': new Webhook(two.secret).sign('msg_1', sentAt, payload),
  }
  expect(
    (await server.api('POST', `${webhook}/signatures/verify`, { body: { payload, headers } })).body,
  ).toMatchObject({
    keyFingerprint: two.fingerprint,
    reason: 'revoked_key',
  })

  const { status } = await server.api('PATCH', `${webhook}/secret`, {
    headers: { 'if-match': `"${four.id}"` },
  })
  expect(status).toBe(200)
  const after = (await server.api('GET', `${webhook}/secret`)).body
  expect(idsOf(after.previous)).toEqual(idsOf([four, three, two, one]))
  const environment = { ...exampleEnvironment, DATABASE_URL: url }
  const audit = await rekey(['audit', 'verify'], { cwd: server.folder, environment })
  expect([audit.code, JSON.parse(audit.stdout)]).toEqual([0, { chains: 3, events: 14, broken: null }])
})

test('a retry of before is known, and secrets that were to be erased are', async () => {
  const { url, old, one, two, four } = await oldDatabase()
  await old.write()
  const store = await openDatabase(url)
  expect(await store.migrate()).toEqual(['0006-events-tell-keys'])
  const rows = () =>
    withDatabase(url, async (queries) => ({
      retries: await queries.selectFrom('idempotency_records').selectAll().execute(),
      erased: idsOf(
        await queries.selectFrom('signing_keys').select('id').where('sealed_secret', 'is', null).execute(),
      ),
    }))
  expect(await rows()).toEqual({ retries: [expect.objectContaining({ key_id: four.id })], erased: [] })
  const signal = AbortSignal.timeout(10_000)
  expect((await sweep(store, now, signal)).secretsErased).toBe(1)
  expect((await rows()).erased).toEqual([one.id])
  expect((await sweep(store, now + day - hour, signal)).secretsErased).toBe(1)
  expect((await rows()).erased.sort()).toEqual([one.id, two.id].sort())
  await execute(url, `delete from signing_keys where id = '${four.id}'`)
  expect((await rows()).retries).toEqual([])
})

test('an instance of before writes no event that would take the keys of a webhook', async () => {
  const { url, old, owner, four } = await oldDatabase()
  await old.write()
  await (await openDatabase(url)).migrate()
  const event = chain(
    owner,
    {
      type: 'receiver.probed',
      at: now,
      actor: null,
      reason: null,
      requestId: null,
      key: four,
      endedKeys: [],
    },
    undefined,
  )
  const row = toRow({ ...event, sequence: 99 })
  const values = Object.values(row).map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
  const insert = `insert into events (${Object.keys(row).join()}) values (${values.join()})`
  await expect(execute(url, insert)).rejects.toThrow(/live_keys|live keys/)
})

if (onPostgres)
  test('whoever may write keys may write what the tables have new', async () => {
    const { url, old } = await oldDatabase()
    await old.write()
    const role = `server_${process.pid}`
    await execute(url, `create role ${role}`)
    onTestFinished(async () => {
      await execute(url, `drop owned by ${role}`)
      await execute(url, `drop role ${role}`)
    })
    await execute(url, `grant select, insert, update, delete on all tables in schema public to ${role}`)
    await (await openDatabase(url)).migrate()
    const { rows } = await withDatabase(url, (queries) =>
      queries.executeQuery(
        CompiledQuery.raw(`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
            and relname not like 'kysely%' and not has_table_privilege('${role}', oid, 'insert')`),
      ),
    )
    expect(rows).toEqual([])
  })
