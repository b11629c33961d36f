import { CompiledQuery, createQueryId, sql, type RootOperationNode } from 'kysely'
import { expect, test } from 'vitest'
import type { Queries } from '../../../src/store/store.ts'
import { readKeyStatistics } from '../../../src/store/tables/key-statistics.ts'
import { newDatabase, onPostgres, openDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/server.ts'

const now = 1_800_000_000_000
const live = { expires_at: null, revoked_at: null, sealed_secret: 'sealed' }
const nothing = {
  oldestCurrentKeyAgeMs: null,
  openOverlaps: 0,
  nextOverlapEndMs: null,
  provenOverlaps: 0,
  unprovenOverlaps: 0,
  nextUnprovenEndMs: null,
  lostSecrets: 0,
  openInvitations: 0,
}

interface Ends {
  created_at: number
  expires_at: number | null
  revoked_at: number | null
  sealed_secret: string | null
}

/** Opens a store with one webhook for each list of keys. */
async function storeWith(...webhooks: Partial<Ends>[][]) {
  const store = await openDatabase(await newDatabase(temporaryFolder()))
  await store.migrate()
  const at = { created_at: now, updated_at: now }
  await store.write(
    null,
    async (queries) => {
      await queries
        .insertInto('applications')
        .values({ id: 'app_1', ...at, name: null })
        .execute()
      for (const [index, keys] of webhooks.entries()) {
        const owner = { application_id: 'app_1', webhook_id: `hook_${index}` }
        await queries
          .insertInto('webhooks')
          .values({
            application_id: 'app_1',
            id: owner.webhook_id,
            url: 'https://a.example',
            description: null,
            signature_scheme: 'standard-webhooks',
            signature_header: null,
            ...at,
          })
          .execute()
        for (const [place, key] of keys.entries())
          await queries
            .insertInto('signing_keys')
            .values({
              ...{ id: `key_${index}_${place}`, ...owner, generation: place + 1 },
              ...{ fingerprint: 'whsec_****0000', sha256: '0'.repeat(64), created_by: null, reason: null },
              ...{ guessable: 0, sealed_by: 'kid', created_at: now, ...live, ...key },
            })
            .execute()
      }
    },
    AbortSignal.timeout(10_000),
  )
  return {
    statistics: () => store.read((queries) => readKeyStatistics(queries, now), AbortSignal.timeout(10_000)),
    write: <T>(work: (queries: Queries) => Promise<T>) =>
      store.write(null, work, AbortSignal.timeout(10_000)),
  }
}

test('without keys, there is neither an age nor an end', async () => {
  expect(await (await storeWith()).statistics()).toEqual(nothing)
  expect(await (await storeWith([])).statistics()).toEqual(nothing)
})

test('the oldest current key is the one created first, even if previous keys are older', async () => {
  const { statistics } = await storeWith(
    [{ created_at: now - 9_000, expires_at: now + 1 }, { created_at: now - 1_000 }],
    [{ created_at: now - 5_000 }],
    [{ created_at: now - 9_000, expires_at: now - 1 }, { created_at: now }],
  )
  expect(await statistics()).toMatchObject({ oldestCurrentKeyAgeMs: 5_000 })
})

test('every live previous key counts as an open overlap, and the next end is the earliest expiry', async () => {
  const { statistics } = await storeWith(
    [{ expires_at: now + 3_000 }, { expires_at: now + 2_000 }, {}],
    [{ expires_at: now + 7_000 }, {}],
    // These have ended: at the moment of its end, a key no longer signs.
    [{ expires_at: now }, { expires_at: now + 1_000, revoked_at: now }, {}],
  )
  expect(await statistics()).toMatchObject({ openOverlaps: 3, nextOverlapEndMs: 2_000, lostSecrets: 0 })
})

test('a key without a secret counts as lost until it expires, and neither as current nor as an overlap', async () => {
  const erased = { sealed_secret: null, sealed_by: null }
  const { statistics } = await storeWith(
    [
      { expires_at: now + 1_000, ...erased },
      { created_at: now - 5_000, ...erased },
    ],
    [
      { expires_at: now, ...erased },
      { expires_at: now - 90_000_000, revoked_at: now, ...erased },
    ],
  )
  expect(await statistics()).toEqual({ ...nothing, lostSecrets: 2 })
})

test('counts stop at 10,000', async () => {
  const { statistics, write } = await storeWith([])
  await write(async (queries) => {
    if (onPostgres) await sql`set local search_path = rekey`.execute(queries)
    await sql`
      insert into signing_keys (id, application_id, webhook_id, generation, fingerprint, sha256, created_at,
        expires_at, sealed_secret, sealed_by)
      with recursive numbers (number) as (select 1 union all select number + 1 from numbers where number < 20002)
      select 'key_' || number, 'app_1', 'hook_0', number, 'whsec_****0000', '', 0, ${sql.lit(now)} + number,
        case when number > 10001 then 'sealed' end, case when number > 10001 then 'kid' end
      from numbers`.execute(queries)
  })
  expect(await statistics()).toMatchObject({
    openOverlaps: 10_000,
    nextOverlapEndMs: 10_002,
    lostSecrets: 10_000,
  })
})

test('every part of the query uses an index', async () => {
  const { write } = await storeWith([{}])
  const plan = await write(async (queries) => {
    // PostgreSQL scans small tables even if they have indexes.
    if (onPostgres) await sql`set local enable_seqscan = off`.execute(queries)
    const explained = await queries.executeQuery(
      CompiledQuery.raw(`${onPostgres ? 'explain' : 'explain query plan'} ${await textOf(queries)}`),
    )
    return JSON.stringify(explained.rows)
  })
  for (const index of ['signing_keys_current', 'signing_keys_to_erase', 'signing_keys_erased'])
    expect(plan).toContain(index)
  expect(plan).not.toMatch(/Seq Scan|SCAN signing_keys/)
})

/** Returns the query's text, with its values in place of the parameters. */
async function textOf(queries: Queries): Promise<string> {
  let node: RootOperationNode | undefined
  const observed = queries.withPlugin({
    // Kysely calls this for subqueries too, and for the whole query last.
    transformQuery: (query) => (node = query.node),
    transformResult: ({ result }) => Promise.resolve(result),
  })
  await readKeyStatistics(observed, now)
  if (!node) throw new Error('no query was observed')
  const { sql: text, parameters } = queries.getExecutor().compileQuery(node, createQueryId())
  const values = [...parameters]
  return text.replace(/\$\d+|\?/g, (placeholder) =>
    String(placeholder === '?' ? values.shift() : parameters[Number(placeholder.slice(1)) - 1]),
  )
}
