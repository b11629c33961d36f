import fc from 'fast-check'
import { expect, test } from 'vitest'
import { execute } from '../support/database.ts'
import { fuzzParameters, fuzzTimeoutMs } from '../support/fuzz.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'
import { actions, ids, queries, WebhookModel, type Action, type ListQuery } from '../support/webhook-model.ts'

const start = Date.parse('2026-01-01T00:00:00.500Z')

/** An application with random webhooks, and the model of what its lists must return. */
class Run {
  readonly model = new WebhookModel()
  readonly clock: { now: number }
  readonly #api: TestServer['api']
  readonly #application: string

  constructor(api: TestServer['api'], application: string, clock: { now: number }) {
    this.#api = api
    this.#application = application
    this.clock = clock
  }

  async do(action: Action): Promise<void> {
    this.clock.now += 1_000
    if (action.does === 'wait') {
      this.clock.now += action.seconds * 1_000
      return
    }
    const webhook = `/applications/${this.#application}/webhooks/${action.id}` as const
    if (action.does === 'put') {
      const body = {
        url: `https://${action.id}.example/?${encodeURIComponent(action.text)}`,
        description: action.text,
      }
      expect((await this.#api('PUT', webhook, { body })).status).toBeLessThan(300)
      this.model.put(action.id, body.url, body.description)
    } else if (action.does === 'rotate') {
      const { overlapSeconds } = action
      const { status } = await this.#api('PATCH', `${webhook}/secret`, { body: { overlapSeconds } })
      if (status === 200) this.model.rotate(action.id, overlapSeconds, this.clock.now)
    } else if (action.does === 'delete') {
      await this.#api('DELETE', webhook)
      this.model.webhooks.delete(action.id)
    } else {
      await this.#api('DELETE', `${webhook}/secret/previous`)
      this.model.endOverlap(action.id)
    }
  }

  async page(query: ListQuery & { limit: number }, cursor?: string) {
    const search = new URLSearchParams({ total: 'true' })
    for (const [name, value] of Object.entries({ ...query, cursor }))
      if (value !== undefined) search.set(name, String(value))
    const { status, body } = await this.#api(
      'GET',
      `/applications/${this.#application}/webhooks?${search.toString()}`,
    )
    expect(status).toBe(200)
    return body
  }

  /** Reads all pages. */
  async list(query: ListQuery & { limit: number }): Promise<{ found: string[]; total: unknown }> {
    const first = await this.page(query)
    const found = first.items.map(({ id }) => id)
    for (let { nextCursor } = first; nextCursor !== null;) {
      const next = await this.page(query, nextCursor)
      found.push(...next.items.map(({ id }) => id))
      nextCursor = next.nextCursor
    }
    return { found, total: first.total }
  }
}

async function startRuns() {
  const clock = { now: start }
  const server = await startServer({ now: () => clock.now })
  const bearer = await token({ expiresIn: 10 * 365 * 86_400 })
  const api: TestServer['api'] = (method, path, options) =>
    server.api(method, path, { token: bearer, ...options })
  let runs = 0
  return async () => {
    const application = `run_${++runs}`
    await api('PUT', `/applications/${application}`, { body: {} })
    return new Run(api, application, clock)
  }
}

test(
  'any combination of filters and sorts lists exactly the matching webhooks in order, and counts them',
  { timeout: fuzzTimeoutMs },
  async () => {
    const newRun = await startRuns()
    await fc.assert(
      fc.asyncProperty(
        fc.array(actions, { minLength: 5, maxLength: 30 }),
        fc.array(queries, { minLength: 5, maxLength: 15 }),
        async (sequence, asked) => {
          const run = await newRun()
          for (const action of sequence) await run.do(action)
          for (const { ageSeconds, ...rest } of asked) {
            const createdBefore =
              ageSeconds === undefined
                ? undefined
                : new Date(run.clock.now - ageSeconds * 1_000).toISOString()
            const query = { ...rest, createdBefore }
            const expected = run.model.list(query, run.clock.now)
            expect(await run.list(query), JSON.stringify(query)).toEqual({
              found: expected,
              total: expected.length,
            })
          }
        },
      ),
      fuzzParameters(25),
    )
  },
)

test(
  'while webhooks are created, deleted and rotated between pages, no other is skipped or repeated',
  { timeout: fuzzTimeoutMs },
  async () => {
    const newRun = await startRuns()
    await fc.assert(
      fc.asyncProperty(
        fc.array(actions, { maxLength: 20 }),
        fc.array(fc.array(actions, { maxLength: 2 }), { minLength: 8, maxLength: 8 }),
        fc.constantFrom('id' as const, 'keyCreatedAt' as const),
        async (before, between, sort) => {
          const run = await newRun()
          for (const id of ids.slice(0, 4)) await run.do({ does: 'put', id, text: 'x' })
          for (const action of before) await run.do(action)
          const present = new Set(run.model.webhooks.keys())
          const rotated = new Set<string>()
          const found: string[] = []
          let cursor: string | undefined
          for (let number = 0; ; number++) {
            const page = await run.page({ sort, limit: 1 }, cursor)
            found.push(...page.items.map(({ id }) => id))
            if (page.nextCursor === null) break
            cursor = page.nextCursor
            for (const action of between[number] ?? []) {
              await run.do(action)
              if (action.does === 'delete') present.delete(action.id)
              if (action.does === 'rotate') rotated.add(action.id)
            }
          }
          for (const id of present) {
            const times = found.filter((one) => one === id).length
            if (sort === 'keyCreatedAt' && rotated.has(id)) expect(times, id).toBeGreaterThanOrEqual(1)
            else expect([id, times]).toEqual([id, 1])
          }
        },
      ),
      fuzzParameters(25),
    )
  },
)

test('a search examines thousands of webhooks, and its pages together have every match once', async () => {
  const server = await startServer()
  await server.api('PUT', '/applications/app_1', { body: {} })
  const isPostgres = server.databaseUrl.startsWith('postgres')
  const numbers = isPostgres
    ? 'generate_series(1, 5000) as numbers(n)'
    : '(with recursive c(n) as (select 1 union all select n + 1 from c where n < 5000) select n from c) as numbers'
  await execute(
    server.databaseUrl,
    `insert into webhooks (application_id, id, url, signature_scheme, created_at, updated_at)
     select 'app_1', 'hook_' || (10000 + n), 'https://' || case when n % 999 = 0 then 'rare' else 'merchant' end || '.example', 'github', 1, 1 from ${numbers}`,
  )
  await execute(
    server.databaseUrl,
    `insert into signing_keys (id, application_id, webhook_id, generation, fingerprint, sha256, guessable, sealed_secret, sealed_by, created_at, expires_at)
     select 'key_aaaaaaaaaaaaaaaaa' || (10000 + n), 'app_1', 'hook_' || (10000 + n), 1, 'whsec_****0000', '0', 0, 'x', 'k1', n * 3331 % 5003, case when n % 777 = 0 then 4000000000000 end
     from ${numbers} where n % 1000 <> 0`,
  )
  // As autovacuum does soon after so many inserts.
  if (isPostgres) await execute(server.databaseUrl, 'analyze webhooks, signing_keys')
  const list = async (query: string) => {
    const found: string[] = []
    let cursor = ''
    for (;;) {
      const { body } = await server.api('GET', `/applications/app_1/webhooks?limit=100&${query}${cursor}`)
      found.push(...body.items.map(({ id }) => id))
      if (body.nextCursor === null) return found
      cursor = `&cursor=${body.nextCursor}`
    }
  }
  const named = (...numbers: number[]) => numbers.map((n) => `hook_${10_000 + n}`)
  // Every age is different, because 5003 is a prime number.
  const age = (n: number) => (n * 3331) % 5003
  const oldest = Array.from({ length: 5_000 }, (_, index) => index + 1)
    .filter((n) => n % 1000 !== 0 && n % 777 !== 0)
    .sort((a, b) => age(a) - age(b))
  expect(await list('search=RARE')).toEqual(named(999, 1998, 2997, 3996, 4995))
  expect(await list('search=rare&sort=keyCreatedAt')).toEqual(named(...oldest.filter((n) => n % 999 === 0)))
  expect(await list('state=overlap')).toEqual(named(777, 1554, 2331, 3108, 3885, 4662))
  expect(await list('state=no_secret&sort=keyCreatedAt')).toEqual(named(1000, 2000, 3000, 4000, 5000))
  const createdBefore = new Date(2_000).toISOString()
  expect(await list(`sort=keyCreatedAt&createdBefore=${createdBefore}`)).toEqual(
    named(...oldest.filter((n) => age(n) < 2_000)),
  )
  const keyless = [777, 1000, 1554, 2000, 2331, 3000, 3108, 3885, 4000, 4662, 5000]
  expect(await list('sort=keyCreatedAt')).toEqual(named(...oldest, ...keyless))
  // Many match, so the first webhooks fill the page, and only older ones can still change it.
  expect(await list('search=merchant&sort=keyCreatedAt')).toEqual(
    named(...[...oldest, ...keyless].filter((n) => n % 999 !== 0)),
  )
  expect(await list('search=merchant&sort=keyCreatedAt&state=one_key')).toEqual(
    named(...oldest.filter((n) => n % 999 !== 0)),
  )
})

test('a webhook whose current secret was lost has no current key, and is in an overlap only while a previous key is live', async () => {
  const server = await startServer()
  for (const id of ['lost', 'overlap']) {
    const webhook = await provision(server, 'app_1', id)
    await server.api('PATCH', `${webhook}/secret`)
    if (id === 'overlap') await server.api('PATCH', `${webhook}/secret`)
  }
  await provision(server, 'app_1', 'new')
  await execute(
    server.databaseUrl,
    'update signing_keys set sealed_secret = null, sealed_by = null where expires_at is null',
  )
  const list = async (query: string) =>
    (await server.api('GET', `/applications/app_1/webhooks?${query}`)).body.items.map(({ id }) => id)
  expect(await list('state=no_secret')).toEqual(['lost', 'new'])
  expect(await list('state=one_key')).toEqual([])
  for (const sort of ['id', 'keyCreatedAt']) {
    expect(await list(`state=overlap&sort=${sort}`)).toEqual(['overlap'])
    expect(await list(`sort=${sort}`)).toEqual(['lost', 'new', 'overlap'])
  }
  expect(await list('createdBefore=2999-01-01T00:00:00Z')).toEqual([])
})

test('overlapEndsAt is the end of the last overlap that is open', async () => {
  let now = start
  const { api } = await startServer({ now: () => now })
  const webhook = await provision({ api })
  const ends = async () => {
    const listed = (await api('GET', '/applications/app_1/webhooks')).body.items[0]?.overlapEndsAt
    expect((await api('GET', webhook)).body.overlapEndsAt).toBe(listed)
    expect((await api('GET', `${webhook}/secret`)).body.overlap?.endsAt ?? null).toBe(listed)
    return listed
  }
  await api('PATCH', `${webhook}/secret`)
  expect(await ends()).toBeNull()
  for (const overlapSeconds of [600, 60])
    await api('PATCH', `${webhook}/secret`, { body: { overlapSeconds } })
  expect(await ends()).toBe(new Date(now + 600_000).toISOString())
  now += 600_000
  expect(await ends()).toBeNull()
})

test('a cursor of another sort or application, and any text that is not a cursor, returns 400', async () => {
  const { api } = await startServer()
  for (const application of ['app_1', 'app_2'])
    for (const id of ['hook_1', 'hook_2', 'hook_3']) await provision({ api }, application, id)
  for (const id of ['hook_2', 'hook_3']) await api('PATCH', `/applications/app_1/webhooks/${id}/secret`)
  const list = (application: string, query: string) =>
    api('GET', `/applications/${application}/webhooks?${query}`)
  const cursorOf = async (query: string) => (await list('app_1', `limit=1&${query}`)).body.nextCursor ?? ''
  const [byId, byAge] = [await cursorOf('sort=id'), await cursorOf('sort=keyCreatedAt')]
  const keyless = (await list('app_1', `limit=1&sort=keyCreatedAt&cursor=${byAge}`)).body.nextCursor ?? ''
  const text = (cursor: string) => Buffer.from(cursor, 'base64url').toString()
  const encoded = (...texts: string[]) => texts.map((one) => Buffer.from(one).toString('base64url'))
  const wrong = [
    ...encoded('', 'hook_1', '.hook_1', `${text(byId)}é`, text(byAge).replace('.k', '.x')),
    ...encoded(text(byAge).replace(/\.k\d+/, '.k'), text(byAge).replace(/\d\.hook/, 'hook')),
  ]
  for (const cursor of [byAge, keyless, ...wrong])
    expect([cursor, (await list('app_1', `cursor=${cursor}`)).status]).toEqual([cursor, 400])
  for (const cursor of [byId, ...wrong])
    expect([cursor, (await list('app_1', `sort=keyCreatedAt&cursor=${cursor}`)).status]).toEqual([
      cursor,
      400,
    ])
  for (const [sort, cursor] of Object.entries({ id: byId, keyCreatedAt: byAge })) {
    expect((await list('app_1', `sort=${sort}&cursor=${cursor}`)).status).toBe(200)
    expect((await list('app_2', `sort=${sort}&cursor=${cursor}`)).status).toBe(400)
  }
  expect((await list('missing', `cursor=${byId}`)).status).toBe(400)
  expect((await list('missing', 'search=x&sort=keyCreatedAt&total=true')).status).toBe(404)
  for (const query of [
    'search=',
    'search=%00',
    `search=${'x'.repeat(201)}`,
    'state=live',
    'createdBefore=2026',
    'sort=url',
    'total=1',
  ])
    expect([query, (await list('app_1', query)).status]).toEqual([query, 400])
  expect((await list('app_1', `search=${'%F0%9D%95%8F'.repeat(200)}`)).status).toBe(200)
})
