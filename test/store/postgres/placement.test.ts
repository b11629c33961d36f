import { Kysely, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, inject, onTestFinished, test } from 'vitest'
import { migrate } from '../../../src/store/migrate.ts'
import type { Store } from '../../../src/store/store.ts'
import { findApplication, insertApplication } from '../../../src/store/tables/applications.ts'
import { holdWrites, newDatabase, openDatabase } from '../../support/database.ts'
import { administrate, openPool } from '../../support/postgres-client.ts'
import { temporaryFolder } from '../../support/server.ts'

/** The names that another application may use for its own tables. */
const commonNames = [
  ...['applications', 'events', 'webhooks', 'signing_keys'],
  ...['idempotency_records', 'rate_limits'],
]

/** An empty database, with the administrator's connection to it. */
async function emptyDatabase() {
  const url = await newDatabase(temporaryFolder())
  const pool = openPool(url)
  onTestFinished(() => pool.end())
  const sql = async (statement: string) => (await pool.query<Record<string, unknown>>(statement)).rows
  return { url, pool, sql }
}

type Place = Awaited<ReturnType<typeof emptyDatabase>>

/** Creates Rekey's tables as Rekey 0.1.0 did, in the first schema of the connection's search path. */
async function migrateAs010({ pool }: Place): Promise<void> {
  await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }))
}

/** Migrates the tables of another application that uses Kysely. */
async function migrateStranger({ pool }: Place): Promise<void> {
  const { error } = await new Migrator({
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
    provider: {
      getMigrations: () =>
        Promise.resolve({
          '2024-01-01-first': {
            async up(db: Kysely<unknown>) {
              for (const name of commonNames)
                await db.schema.createTable(name).addColumn('theirs', 'integer').execute()
            },
          },
        }),
    },
  }).migrateToLatest()
  if (error !== undefined) throw error as Error
}

/** Migrates through a store and stores an application. */
async function install(url: string, id: string): Promise<Store> {
  const store = await openDatabase(url)
  await store.migrate()
  const application = { id, name: null, created_at: 1, updated_at: 1 }
  await store.write(null, (queries) => insertApplication(queries, application), AbortSignal.timeout(10_000))
  return store
}

async function has(store: Store, id: string): Promise<boolean> {
  return (
    (await store.read((queries) => findApplication(queries, id), AbortSignal.timeout(10_000))) !== undefined
  )
}

async function schemasWith({ sql }: Place, table: string): Promise<unknown[]> {
  return (await sql(`select schemaname from pg_tables where tablename = '${table}' order by 1`)).map(
    ({ schemaname }) => schemaname,
  )
}

async function refusal(url: string): Promise<string> {
  const opened = openDatabase(url).then((store) => store.migrate())
  return opened.then(
    (names) => `no refusal, but ${names.length} migrations`,
    (error: unknown) => (error as Error).message,
  )
}

test('a new installation uses the schema rekey, next to the tables of another application that uses Kysely', async () => {
  const place = await emptyDatabase()
  await migrateStranger(place)
  const store = await install(place.url, 'app_1')
  expect(await has(store, 'app_1')).toBe(true)
  for (const name of commonNames) {
    expect(await schemasWith(place, name)).toEqual(['public', 'rekey'])
    expect(await place.sql(`select * from public.${name}`)).toEqual([])
  }
  expect(await place.sql('select name from kysely_migration')).toEqual([{ name: '2024-01-01-first' }])
  expect(await has(await install(place.url, 'app_2'), 'app_1')).toBe(true)
})

test('another application that uses Kysely can be installed after Rekey', async () => {
  const place = await emptyDatabase()
  await install(place.url, 'app_1')
  await migrateStranger(place)
  expect(await schemasWith(place, 'kysely_migration')).toEqual(['public'])
  expect(await has(await install(place.url, 'app_2'), 'app_1')).toBe(true)
})

test.each([
  ['public', 'public'],
  ['another schema of the search path', 'secrets'],
])('an installation of Rekey 0.1.0 in %s stays there', async (_, schema) => {
  const place = await emptyDatabase()
  await place.sql(`create schema if not exists ${schema}`)
  await place.sql(`alter database ${new URL(place.url).pathname.slice(1)} set search_path = ${schema}`)
  await place.sql(`set search_path = ${schema}`)
  await migrateAs010(place)
  await place.sql(`insert into applications (id, created_at, updated_at) values ('app_1', 1, 1)`)
  const store = await openDatabase(place.url)
  expect(await store.migrate()).toEqual([])
  expect(await has(store, 'app_1')).toBe(true)
  expect(await schemasWith(place, 'applications')).toEqual([schema])
})

test('an installation of Rekey 0.1.0 that a newer version has migrated is recognized as such', async () => {
  const place = await emptyDatabase()
  await migrateAs010(place)
  await place.sql(`insert into kysely_migration (name, timestamp) values ('0099-future', '2030-01-01')`)
  expect(await refusal(place.url)).toContain(
    'a newer version of Rekey has migrated the database (0099-future)',
  )
})

test('a write waits for a write of the same scope by Rekey 0.1.0', async () => {
  const place = await emptyDatabase()
  await migrateAs010(place)
  const store = await openDatabase(place.url)
  await place.sql('begin')
  // The number that version 0.1.0 derives from "rekey app_1/hook_1".
  await place.sql('select pg_advisory_xact_lock(391881608583226495)')
  const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
  const write = store.write(owner, () => Promise.resolve(), AbortSignal.timeout(300))
  await expect(write).rejects.toThrow('timeout')
  await place.sql('rollback')
})

test('schemas named in DATABASE_URL hold separate installations, which never wait for each other', async () => {
  const place = await emptyDatabase()
  const urls = ['One', 'two-2', 'public'].map((schema) => `${place.url}?schema=${schema}`)
  const [one, two, three] = await Promise.all(urls.map((url, i) => install(url, `app_${i}`)))
  if (!one || !two || !three) throw new Error()
  expect([await has(one, 'app_0'), await has(two, 'app_0'), await has(three, 'app_0')]).toEqual([
    true,
    false,
    false,
  ])
  expect(await schemasWith(place, 'events')).toEqual(['One', 'public', 'two-2'])
  const owner = { applicationId: 'app_0', webhookId: 'hook_1' }
  const release = await holdWrites(urls[0] ?? '', owner)
  await two.write(owner, () => Promise.resolve(), AbortSignal.timeout(5_000))
  const count = { points: 1, duration: 60, keyPrefix: 'test' }
  expect(await one.rateLimiter(count)('a')).toBeNull()
  expect(await two.rateLimiter(count)('a')).toBeNull()
  expect(await two.rateLimiter(count)('a')).toBeGreaterThan(0)
  await release()
})

test('refuses to choose between installations, and names the choices', async () => {
  const place = await emptyDatabase()
  await install(`${place.url}?schema=secrets`, 'app_1')
  expect(await refusal(place.url)).toBe(
    "the database has Rekey's tables in the schema secrets, which is not in the search path; add ?schema=secrets to " +
      'DATABASE_URL to use them, or ?schema=rekey to start with empty tables',
  )
  await install(`${place.url}?schema=rekey`, 'app_1')
  await migrateAs010(place)
  expect(await refusal(place.url)).toBe(
    "Rekey's tables are in several schemas of the database: public, rekey; add ?schema=public or ?schema=rekey to " +
      'DATABASE_URL',
  )
  expect(await has(await install(`${place.url}?schema=public`, 'app_2'), 'app_1')).toBe(false)
})

test("refuses a schema that has another application's tables, and leaves nothing there", async () => {
  const place = await emptyDatabase()
  await migrateStranger(place)
  expect(await refusal(`${place.url}?schema=public`)).toBe(
    'the schema public has tables of another application (relation "applications" already exists); add ?schema= with ' +
      'another name to DATABASE_URL',
  )
  expect(await schemasWith(place, 'rekey_migration')).toEqual([])
  expect(
    await place.sql(
      `select from pg_locks join pg_database on pg_database.oid = database
       where locktype = 'advisory' and datname = current_database()`,
    ),
  ).toEqual([])
})

/** Creates a role without any rights. @returns its name, and a function that puts it into a URL */
async function newRole() {
  const name = `role_${process.pid}_${roles++}`
  const server = inject('postgresUrl')
  await administrate(server, `create role ${name} login password 'password'`)
  onTestFinished(() => administrate(server, `drop role ${name}`))
  const as = (address: string) => {
    const url = new URL(address)
    url.username = name
    url.password = 'password'
    return url.href
  }
  return { name, as }
}
let roles = 0

test('names the missing right and the statement that grants it, and starts once it is granted', async () => {
  const { name, as } = await newRole()
  const place = await emptyDatabase()
  const database = new URL(place.url).pathname.slice(1)

  const first = await refusal(as(place.url))
  expect(first).toBe(
    `the database user may not create the schema rekey (permission denied for database ${database}); let the ` +
      `database's owner run \`create schema "rekey" authorization "${name}"\`, or name a schema in which the user may ` +
      'create tables, as in ?schema=public, in DATABASE_URL',
  )
  await place.sql(/`(.*?)`/.exec(first)?.[1] ?? '')
  await install(as(place.url), 'app_1')

  const second = await refusal(as(`${place.url}?schema=public`))
  expect(second).toBe(
    'the database user may not change the tables in the schema public (permission denied for schema public); let its ' +
      `owner run \`rekey migrate\`, or \`grant usage, create on schema "public" to "${name}"\``,
  )
  await place.sql(/.*`(.*?)`/.exec(second)?.[1] ?? '')
  await install(as(`${place.url}?schema=public`), 'app_2')
})

test('a database user needs only rights on the tables, and without the right to read them startup fails', async () => {
  const { name, as } = await newRole()
  const place = await emptyDatabase()
  await install(place.url, 'app_1')
  await place.sql(`grant usage on schema rekey to ${name}`)
  expect(await refusal(as(place.url))).toBe(
    'the database user may not read the table rekey_migration in the schema rekey; grant it usage on the schema, and ' +
      "select, insert, update and delete on Rekey's tables there",
  )
  await place.sql(`grant select, insert, update, delete on all tables in schema rekey to ${name}`)
  expect(await has(await install(as(place.url), 'app_2'), 'app_1')).toBe(true)
})
