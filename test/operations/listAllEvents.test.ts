import { expect, test } from 'vitest'
import type { EventDetails } from '../../src/domain/audit.ts'
import { appendEvent } from '../../src/store/tables/events.ts'
import type { components } from '../../generated/types.ts'
import { execute, openDatabase, withDatabase } from '../support/database.ts'
import { writeLongTrail } from '../support/long-trail.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

type FeedEvent = components['schemas']['FeedEvent']

async function page(server: TestServer, query: string, options: { token?: string } = {}) {
  const { status, body } = await server.api('GET', `/events?${query}`, options)
  expect(status).toBe(200)
  return body
}

/** Reads the feed from `cursor` until it returns the cursor that was sent. */
async function follow(server: TestServer, query = '', options: { token?: string; cursor?: string } = {}) {
  const items: FeedEvent[] = []
  let cursor = options.cursor ?? ''
  for (;;) {
    const sent = cursor === '' ? '' : `&cursor=${cursor}`
    const found = await page(server, `limit=100${query}${sent}`, options)
    items.push(...found.items)
    if (found.nextCursor === cursor) return { items, cursor }
    cursor = found.nextCursor
  }
}

const names = (items: FeedEvent[]) =>
  items.map(({ applicationId, webhookId, sequence }) => `${applicationId}/${webhookId} ${sequence}`)

const happening: Omit<EventDetails, 'at'> = {
  type: 'webhook.updated',
  actor: null,
  reason: null,
  requestId: null,
  key: null,
  endedKeys: [],
}

test('the feed returns every event once, in the order in which they happened, and then only new ones', async () => {
  const server = await startServer()
  expect(await page(server, '')).toEqual({ items: [], nextCursor: expect.any(String) as unknown })
  const webhook = await provision(server, 'app_2', 'hook_1')
  await provision(server, 'app_1', 'hook_1')
  await server.api('PATCH', `${webhook}/secret`)
  await server.api('DELETE', '/applications/app_2')
  const first = await follow(server)
  expect(names(first.items)).toEqual(['app_2/hook_1 1', 'app_1/hook_1 1', 'app_2/hook_1 2', 'app_2/hook_1 3'])
  expect(first.items.map(({ type }) => type)).toEqual([
    'webhook.created',
    'webhook.created',
    'secret.rotated',
    'webhook.deleted',
  ])
  const { body: trail } = await server.api('GET', '/applications/app_2/webhooks/hook_1/events')
  const { applicationId, webhookId, ...event } = first.items[2] ?? {}
  expect([applicationId, webhookId, event]).toEqual(['app_2', 'hook_1', trail.items[1]])

  expect((await follow(server, '', { cursor: first.cursor })).items).toEqual([])
  await provision(server, 'app_3', 'hook_1')
  const later = await follow(server, '', { cursor: first.cursor })
  expect(names(later.items)).toEqual(['app_3/hook_1 1'])
  const small = await page(server, 'limit=3')
  expect(names(small.items)).toEqual(names(first.items.slice(0, 3)))
  const next = await page(server, `limit=3&cursor=${small.nextCursor}`)
  expect(names(next.items)).toEqual(['app_2/hook_1 3', 'app_3/hook_1 1'])
})

test("an event whose clock was behind keeps its place in its webhook's chain", async () => {
  const server = await startServer()
  const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
  const other = { applicationId: 'app_0', webhookId: 'hook_1' }
  await withDatabase(server.databaseUrl, async (queries) => {
    for (const at of [3_000, 1_000, 2_000]) await appendEvent(queries, owner, { ...happening, at })
    await appendEvent(queries, other, { ...happening, at: 2_500 })
  })
  expect(names((await follow(server)).items)).toEqual([
    'app_0/hook_1 1',
    'app_1/hook_1 1',
    'app_1/hook_1 2',
    'app_1/hook_1 3',
  ])
})

test('an event that commits late is not skipped, although later events were read before', async () => {
  const server = await startServer()
  const late = { applicationId: 'app_1', webhookId: 'late' }
  const store = await openDatabase(server.databaseUrl)
  const commit = Promise.withResolvers<undefined>()
  const begun = Promise.withResolvers<undefined>()
  const isShared = server.databaseUrl.startsWith('postgres')
  const write = store.write(
    late,
    async (queries) => {
      await appendEvent(queries, late, { ...happening, at: 1 })
      begun.resolve(undefined)
      // On SQLite, no other write can run until this one ends.
      if (isShared) await commit.promise
    },
    AbortSignal.timeout(15_000),
  )
  await begun.promise
  await provision(server, 'app_2', 'quick')
  const before = await follow(server)
  commit.resolve(undefined)
  await write
  const after = await follow(server, '', { cursor: before.cursor })
  expect(names([...before.items, ...after.items]).sort()).toEqual(['app_1/late 1', 'app_2/quick 1'])
  if (isShared) expect(names(after.items)).toEqual(['app_1/late 1'])
})

test('readers miss nothing while many writers commit at once', async () => {
  const server = await startServer({ environment: { REKEY_ROTATIONS_PER_MINUTE: '0' } })
  const webhooks = []
  for (let i = 0; i < 8; i++) webhooks.push(await provision(server, `app_${i % 4}`, `hook_${i}`))
  let isWriting = true
  const readers = Promise.all(
    Array.from({ length: 3 }, async () => {
      const items: FeedEvent[] = []
      let cursor: string | undefined
      let isDone = false
      while (!isDone) {
        // Read once more after the last write.
        isDone = !isWriting
        const found = await follow(server, '', cursor === undefined ? {} : { cursor })
        items.push(...found.items)
        cursor = found.cursor
      }
      return names(items)
    }),
  )
  const body = { overlapSeconds: 0 }
  await Promise.all(
    webhooks.map(async (webhook) => {
      for (let i = 0; i < 40; i++) await server.api('PATCH', `${webhook}/secret`, { body })
    }),
  )
  isWriting = false
  const [one = [], ...others] = await readers
  expect(one).toHaveLength(8 * 41)
  expect(new Set(one).size).toBe(one.length)
  for (const other of others) expect(other).toEqual(one)
  for (const id of ['app_0/hook_0 ', 'app_3/hook_7 ']) {
    const chain = one.filter((name) => name.startsWith(id))
    expect(chain).toEqual(Array.from({ length: 41 }, (_, i) => `${id}${i + 1}`))
  }
})

test('existing events enter the feed step by step, and a caller with few of them gets short pages', async () => {
  const server = await startServer()
  await provision(server)
  await writeLongTrail(server.databaseUrl, { applicationId: 'app_1', webhookId: 'hook_1' }, 5_500)
  await provision(server, 'app_2', 'hook_2')
  const { items } = await follow(server)
  expect(items).toHaveLength(5_502)
  const few = { token: await token({ scope: 'events:read', applications: ['app_2'] }) }
  // PostgreSQL finds existing events in any order, so this one can be on either page.
  const first = await page(server, '', few)
  const second = await page(server, `cursor=${first.nextCursor}`, few)
  expect(names([...first.items, ...second.items])).toEqual(['app_2/hook_2 1'])
  expect(second.nextCursor).not.toBe(first.nextCursor)
  expect((await page(server, `cursor=${second.nextCursor}`, few)).nextCursor).toBe(second.nextCursor)
})

test('the feed shows only events of the wanted type, of applications for which the token grants events:read', async () => {
  const server = await startServer()
  for (const id of ['app_1', 'app_2']) await server.api('PATCH', `${await provision(server, id)}/secret`)
  expect(names((await follow(server, '&type=secret.rotated')).items)).toEqual([
    'app_1/hook_1 2',
    'app_2/hook_1 2',
  ])
  const of = async (applications: string[]) => ({
    token: await token({ scope: 'events:read', applications }),
  })
  expect(names((await follow(server, '&type=webhook.created', await of(['app_2']))).items)).toEqual([
    'app_2/hook_1 1',
  ])
  expect((await follow(server, '', await of([]))).items).toEqual([])
  const others = await token({ scope: 'secrets:read', applications: '*' })
  expect((await server.api('GET', '/events', { token: others })).status).toBe(403)
  expect((await server.api('GET', '/events?type=secret.lost')).status).toBe(400)
})

test('a cursor from before a restore returns 409, even after the feed has grown past it again', async () => {
  const server = await startServer()
  await provision(server)
  await provision(server, 'app_2')
  const { cursor } = await follow(server)
  await execute(server.databaseUrl, "delete from events where application_id = 'app_2'")
  const beyond = await server.api('GET', `/events?cursor=${cursor}`)
  expect([beyond.status, beyond.text]).toEqual([409, expect.stringContaining('restored from a backup')])
  await provision(server, 'app_3')
  await follow(server)
  expect((await server.api('GET', `/events?cursor=${cursor}`)).status).toBe(409)
  for (const text of ['a', '-1-00000000', '01-00000000', '1-0000000', '1-0000000g'])
    expect(
      (await server.api('GET', `/events?cursor=${Buffer.from(text).toString('base64url')}`)).status,
    ).toBe(400)
})

/** Reads all pages, newest first. */
async function readNewest(server: TestServer, query: string, options: { token?: string } = {}, limit = 2) {
  const items: FeedEvent[] = []
  let cursor: string | undefined
  for (;;) {
    const sent = cursor === undefined ? '' : `&cursor=${cursor}`
    const found = await page(server, `order=newest&limit=${limit}${query}${sent}`, options)
    items.push(...found.items)
    if (found.nextCursor === cursor) return items
    cursor = found.nextCursor
  }
}

test('newest returns every event once, by time and newest first, whether or not anyone has read the feed', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const server = await startServer({ now: () => now })
  expect(await readNewest(server, '')).toEqual([])
  for (const id of ['app_1', 'app_2', 'app_3']) {
    now += 1_000
    await server.api('PATCH', `${await provision(server, id)}/secret`)
    await provision(server, id, 'hook_2')
  }
  const newest = await readNewest(server, '')
  expect(newest.map(({ at }) => at)).toEqual(
    newest
      .map(({ at }) => at)
      .sort()
      .reverse(),
  )
  const { items } = await follow(server)
  expect(names(newest).sort()).toEqual(names(items).sort())
  expect(names(await readNewest(server, '&type=secret.rotated'))).toEqual([
    'app_3/hook_1 2',
    'app_2/hook_1 2',
    'app_1/hook_1 2',
  ])
  expect(await readNewest(server, '&type=overlap.expired')).toEqual([])
  const of = async (applications: string[]) => ({
    token: await token({ scope: 'events:read', applications, expiresIn: 10 * 365 * 86_400 }),
  })
  expect(names(await readNewest(server, '', await of(['app_2']))).sort()).toEqual([
    'app_2/hook_1 1',
    'app_2/hook_1 2',
    'app_2/hook_2 1',
  ])
  expect(await readNewest(server, '', await of([]))).toEqual([])
  expect(await readNewest(server, '&type=webhook.created', await of(['app_9']))).toEqual([])
})

test('newest finds a rare type, and the events of one application, among thousands', async () => {
  const server = await startServer()
  await provision(server)
  await writeLongTrail(server.databaseUrl, { applicationId: 'app_1', webhookId: 'hook_1' }, 3_000)
  const { body } = await server.api('GET', '/events?order=newest&limit=1&type=webhook.created')
  expect(names(body.items)).toEqual(['app_1/hook_1 1'])
  await execute(server.databaseUrl, "update events set application_id = 'app_2' where sequence in (2, 1500)")
  const few = { token: await token({ scope: 'events:read', applications: ['app_2'] }) }
  expect(names(await readNewest(server, '&type=secret.rotated', few))).toEqual([
    'app_2/hook_1 1500',
    'app_2/hook_1 2',
  ])
  expect(names(await readNewest(server, '', few))).toEqual(['app_2/hook_1 1500', 'app_2/hook_1 2'])
  // Deleting an application gives the events of all its webhooks the same time.
  await execute(server.databaseUrl, 'update events set at = 5')
  for (const one of [few, {}]) {
    const all = await readNewest(server, '&type=secret.rotated', one, 100)
    const mine = names(all.filter(({ applicationId }) => applicationId === 'app_2'))
    expect([all.length, mine.sort()]).toEqual([
      one === few ? 2 : 3_000,
      ['app_2/hook_1 1500', 'app_2/hook_1 2'],
    ])
  }
})

test('a page of the newest events does not repeat or skip any, although more happen between the pages', async () => {
  const server = await startServer()
  const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
  const write = (...times: number[]) =>
    withDatabase(server.databaseUrl, async (queries) => {
      for (const at of times) await appendEvent(queries, owner, { ...happening, at })
    })
  await write(5, 5, 5, 7, 5)
  const first = await page(server, 'order=newest&limit=2')
  await write(8, 9)
  const second = await page(server, `order=newest&limit=3&cursor=${first.nextCursor}`)
  const found = [...first.items, ...second.items]
  expect(first.items[0]?.sequence).toBe(4)
  expect(found.map(({ sequence }) => sequence).sort()).toEqual([1, 2, 3, 4, 5])
  expect(names((await page(server, 'order=newest&limit=2')).items)).toEqual([
    'app_1/hook_1 7',
    'app_1/hook_1 6',
  ])
})

test('a cursor of the other order returns 400', async () => {
  const server = await startServer()
  await provision(server)
  const oldest = (await page(server, '')).nextCursor
  const newest = (await page(server, 'order=newest')).nextCursor
  const encoded = ['5', '5.', '.0000000000000000', '05.0000000000000000', '5.000000000000000g', '5.0000'].map(
    (text) => Buffer.from(text).toString('base64url'),
  )
  for (const cursor of [oldest, ...encoded.filter((one) => one !== encoded[1])])
    expect([cursor, (await server.api('GET', `/events?order=newest&cursor=${cursor}`)).status]).toEqual([
      cursor,
      400,
    ])
  expect((await server.api('GET', `/events?cursor=${newest}`)).status).toBe(400)
  expect((await server.api('GET', '/events?order=desc')).status).toBe(400)
})
