/**
 * Fills the empty tables at DATABASE_URL with rotated webhooks: `seed.ts WEBHOOKS KEYS LIVE`. Each webhook gets KEYS
 * keys, of which the newest LIVE are live.
 */
import SqliteDatabase from 'better-sqlite3'
import pg from 'pg'
import { insertEvent, insertKey, makeEvent, makeKey, type LastEvent } from './contenders/rows.ts'
import { config } from './environment.ts'
import { applications, owner } from './owners.ts'

const [webhooks = 0, keysEach = 1, liveEach = 1] = process.argv.slice(2).map(Number)
const dayMs = 86_400_000
/**
 * When the first keys were created: too long ago to count toward the rotation limit, too recently for the sweep to have
 * erased their secrets.
 */
const made = Date.now() - dayMs / 4

if (config.database.kind === 'sqlite') fillSqlite(config.database.file)
else await fillPostgres(process.env['DATABASE_URL'] ?? '')

function applicationRow(number: number) {
  return { id: `app_${number}`, created_at: made, updated_at: made }
}

function webhookRow(number: number) {
  const { applicationId, webhookId } = owner(number)
  const url = 'https://receiver.example/webhooks'
  return { application_id: applicationId, id: webhookId, url, created_at: made, updated_at: made }
}

/** Creates a webhook's keys and events, oldest first. */
function history(number: number) {
  const of = owner(number)
  let last: LastEvent | undefined
  let previous: ReturnType<typeof keyRow>[] = []
  return Array.from({ length: keysEach }, (_, index) => {
    const key = keyRow(number, index)
    const event = makeEvent(of, key, previous, last, `seed-${number}-${index}`)
    previous = [key]
    last = event
    return { key, event }
  })
}

function keyRow(number: number, index: number) {
  const at = made + index
  const { row } = makeKey(owner(number), 'seed', at)
  const end =
    index === keysEach - 1
      ? { expires_at: null, revoked_at: null }
      : index >= keysEach - liveEach
        ? { expires_at: made + dayMs, revoked_at: null }
        : { expires_at: at + 1, revoked_at: at + 1 }
  return { ...row, generation: index + 1, ...end }
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
  database.transaction(() => {
    for (let number = 0; number < applications; number++) application.run(applicationRow(number))
    for (let number = 0; number < webhooks; number++) {
      webhook.run(webhookRow(number))
      for (const row of history(number)) {
        key.run(row.key)
        event.run(row.event)
      }
    }
  })()
  database.close()
}

async function fillPostgres(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  const insert = (table: string, rows: object[]) => {
    const columns = Object.keys(rows[0] ?? {}).join(', ')
    return client.query(
      `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1)`,
      [JSON.stringify(rows)],
    )
  }
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
  }
  await client.query('vacuum analyze')
  await client.end()
}
