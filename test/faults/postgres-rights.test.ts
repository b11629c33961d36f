import { expect, onTestFinished, test, vi } from 'vitest'
import { expectNoToken, expectUnavailable } from '../support/refusals.ts'
import { ownPostgres } from '../support/own-postgres.ts'
import { expectRecovered, rotate } from '../support/postgres-situation.ts'
import { provision, startServer } from '../support/server.ts'

vi.setConfig({ testTimeout: 60_000 })

const postgres = ownPostgres()

/** Starts a server whose database user owns the tables and has no other rights. */
async function startAsUser(environment = {}) {
  await postgres.sql(`create role rekey login password 'password'`)
  const databaseUrl = await postgres.newDatabase()
  onTestFinished(async () => {
    await postgres.sql(`drop database ${new URL(databaseUrl).pathname.slice(1)} with (force)`)
    await postgres.sql('drop role rekey')
  })
  const sql = (statement: string) => postgres.sql(statement, databaseUrl)
  await sql('create schema rekey')
  await sql('grant all on schema rekey to rekey')
  const url = new URL(databaseUrl)
  url.username = 'rekey'
  const server = await startServer({ databaseUrl: url.href, environment })
  const webhook = await provision(server)
  const place = { server, databaseUrl, webhook, sql }
  expect((await rotate(place)).status).toBe(200)
  return place
}

/** Pairs of statements: one denies the server's user something that a rotation needs, and the other restores it. */
const denials = [
  ...['select on webhooks', 'select on events', 'insert on events', 'insert on signing_keys'].map((right) => [
    `revoke ${right} from rekey`,
    `grant ${right} to rekey`,
  ]),
  ['revoke all on signing_keys from rekey', 'grant all on signing_keys to rekey'],
  ['revoke usage on schema rekey from rekey', 'grant all on schema rekey to rekey'],
  [
    'revoke execute on function pg_advisory_xact_lock(bigint) from public',
    'grant execute on function pg_advisory_xact_lock(bigint) to public',
  ],
  [
    'alter table events enable row level security, force row level security',
    'alter table events disable row level security, no force row level security',
  ],
  ['alter table signing_keys rename to moved', 'alter table moved rename to signing_keys'],
  [
    'alter table signing_keys rename column generation to moved',
    'alter table signing_keys rename column moved to generation',
  ],
  ['alter schema rekey rename to moved', 'alter schema moved rename to rekey'],
] as [string, string][]

test('responds with 502, never with 500, while the database user lacks rights or the tables have been renamed', async () => {
  const place = await startAsUser()
  const { server, webhook, sql } = place
  const body = { payload: '{}' }
  for (const [deny, restore] of denials) {
    await sql(deny)
    const others = await Promise.all([
      server.api('GET', '/applications'),
      server.api('GET', webhook),
      server.api('GET', `${webhook}/secret`),
      server.api('GET', `${webhook}/events`),
      server.api('POST', `${webhook}/signatures`, { body }),
      server.api('POST', `${webhook}/signatures/verify`, { body: { ...body, headers: {} } }),
      server.api('DELETE', `${webhook}/secret/previous`),
    ])
    const rotation = await rotate(place)
    await sql(restore)
    expect([deny, rotation.status]).toEqual([deny, 502])
    expectUnavailable(rotation)
    for (const { status } of others) expect([deny, status]).toEqual([deny, status === 200 ? 200 : 502])
  }
  await expectRecovered(place)
})

test('responds with 502 and deletes nothing while the database user lacks the right to delete', async () => {
  const { server, webhook, sql } = await startAsUser()
  for (const table of ['signing_keys', 'webhooks', 'applications']) {
    await sql(`revoke delete on ${table} from rekey`)
    expectUnavailable(await server.api('DELETE', '/applications/app_1'))
    await sql(`grant delete on ${table} to rekey`)
  }
  expect((await server.api('GET', `${webhook}/secret`)).body.current).not.toBeNull()
})

test('counts failed authentications in memory while the database user lacks access to the table that counts them', async () => {
  const { server, sql } = await startAsUser({ REKEY_FAILED_AUTHENTICATIONS_PER_MINUTE: '2' })
  await sql('revoke all on rate_limits from rekey')
  const request = () => server.api('GET', '/applications', { token: null })
  expectNoToken(await request())
  expectNoToken(await request())
  expect((await request()).status).toBe(429)
  await sql('grant all on rate_limits to rekey')
})
