/**
 * Fills the empty database of DATABASE_URL with webhooks that were rotated before:
 * `seed.ts WEBHOOKS KEYS LIVE`, where each webhook has had so many keys, and the newest of them are live.
 */
import SqliteDatabase from 'better-sqlite3'
import pg from 'pg'
import { openStore } from '../../src/store/open.ts'
import type { ChainEnd } from '../../src/domain/audit.ts'
import { endOf } from '../../src/domain/signing-key.ts'
import {
  insertEvent,
  insertKey,
  insertSecretToErase,
  makeEvent,
  makeKey,
  readLastEvent,
} from './contenders/rows.ts'
import { config } from './environment.ts'
import { applications, owner } from './owners.ts'

const [webhooks = 0, keysEach = 1, liveEach = 1] = process.argv.slice(2).map(Number)
const dayMs = 86_400_000
/** So long ago that no limit counts them, and no secret is due to be erased. */
const made = Date.now() - dayMs / 4

const store = await openStore(config.database)
await store.migrate()
await store.close()
if (config.database.kind === 'sqlite') fillSqlite(config.database.file)
else await fillPostgres(config.database.url)

function applicationRow(number: number) {
  return { id: `app_${number}`, created_at: made, updated_at: made }
}

function webhookRow(number: number) {
  const { applicationId, webhookId } = owner(number)
  const url = 'https://receiver.example/webhooks'
  return { application_id: applicationId, id: webhookId, url, created_at: made, updated_at: made }
}

/** The rotations of one webhook, oldest first, as the rows that each wrote. */
function history(number: number) {
  const of = owner(number)
  let last: ChainEnd | undefined
  return Array.from({ length: keysEach }, (_, index) => {
    const at = made + index
    const { row } = makeKey(of, 'seed', at)
    const end =
      index > keysEach - liveEach
        ? { expiresAt: made + dayMs, revokedAt: null }
        : { expiresAt: at, revokedAt: at }
    const current = last?.liveKeys.at(-1)
    const ended = current ? [{ ...current, ...end }] : []
    const event = makeEvent(of, row, ended, last, `seed-${number}-${index}`)
    last = readLastEvent(event)
    return {
      key: { ...row, sequence: event.sequence },
      event,
      secretsToErase: ended.map((key) => ({ at: endOf(key), key_id: key.id })),
    }
  })
}

function fillSqlite(file: string): void {
  const database = new SqliteDatabase(file)
  database.pragma('synchronous = OFF')
  database.pragma('cache_size = -1000000')
  const application = database.prepare(
    'insert into applications (id, created_at, updated_at) values (:id, :created_at, :updated_at)',
  )
  const webhook = database.prepare(`insert into webhooks (application_id, id, url, created_at, updated_at)
    values (:application_id, :id, :url, :created_at, :updated_at)`)
  const key = database.prepare(insertKey)
  const event = database.prepare(insertEvent)
  const secretToErase = database.prepare(insertSecretToErase)
  database.transaction(() => {
    for (let number = 0; number < applications; number++) application.run(applicationRow(number))
    for (let number = 0; number < webhooks; number++) {
      webhook.run(webhookRow(number))
      for (const row of history(number)) {
        key.run(row.key)
        event.run(row.event)
        for (const secret of row.secretsToErase) secretToErase.run(secret)
      }
    }
  })()
  database.close()
}

async function fillPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  const insert = (table: string, rows: object[]) =>
    client.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [
      JSON.stringify(rows),
    ])
  const numbers = (length: number, first = 0) => Array.from({ length }, (_, index) => first + index)
  await insert('applications', numbers(applications).map(applicationRow))
  for (let first = 0; first < webhooks; first += 1_000) {
    const batch = numbers(Math.min(1_000, webhooks - first), first)
    await insert('webhooks', batch.map(webhookRow))
    const rows = batch.flatMap(history)
    await insert(
      'signing_keys',
      rows.map(({ key }) => key),
    )
    await insert(
      'events',
      rows.map(({ event }) => event),
    )
    await insert(
      'secrets_to_erase',
      rows.flatMap(({ secretsToErase }) => secretsToErase),
    )
  }
  await client.query('vacuum analyze')
  await client.end()
}
