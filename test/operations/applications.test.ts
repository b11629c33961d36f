import { expect, test } from 'vitest'
import { listAllEvents } from '../../src/store/tables/events.ts'
import { execute, openDatabase, withDatabase } from '../support/database.ts'
import { findBrokenPromises } from '../support/durability.ts'
import { provision, startServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

test('the first PUT creates an application, and later PUTs replace it', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const server = await startServer({ now: () => now })
  const bearer = await token({ expiresIn: 10 })
  const put = (body?: object) => server.api('PUT', '/applications/app_1', { body, token: bearer })
  const created = await put({ name: 'Shop' })
  expect(created.status).toBe(201)
  expect(created.body).toEqual({
    id: 'app_1',
    name: 'Shop',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  })
  now += 1000
  const same = await put({ name: 'Shop' })
  expect([same.status, same.body]).toEqual([200, created.body])
  const renamed = await put({ name: null })
  expect(renamed.status).toBe(200)
  expect(renamed.body).toEqual({ ...created.body, name: null, updatedAt: '2026-01-01T00:00:01.000Z' })
  expect((await server.api('GET', '/applications/app_1', { token: bearer })).body).toEqual(renamed.body)
})

test('PUT without a body creates an application without a name', async () => {
  const server = await startServer()
  const { status, body } = await server.api('PUT', '/applications/app_1')
  expect([status, body.name]).toEqual([201, null])
})

test.each(['example_string', 'A.b-c_9', 'x'.repeat(64)])('accepts the ID %s', async (id) => {
  const server = await startServer()
  const path = `/applications/${id}` as const
  expect((await server.api('PUT', path)).body.id).toBe(id)
})

test.each(['x'.repeat(65), 'a b', 'a/b', 'ä', 'a\0', '%'])('the invalid ID %j returns 400', async (id) => {
  const server = await startServer()
  const { status, body } = await server.api('PUT', `/applications/${encodeURIComponent(id)}`)
  expect([status, body.code]).toEqual([400, 400])
  expect(body.message).toContain('path/applicationId')
})

test.each([{ name: '' }, { name: 'x'.repeat(201) }, { name: 'a\0' }, { name: 1 }, { title: 'Shop' }, []])(
  'the body %j returns 400 and creates nothing',
  async (body) => {
    const server = await startServer()
    expect((await server.api('PUT', '/applications/app_1', { body })).status).toBe(400)
    expect((await server.api('GET', '/applications/app_1')).status).toBe(404)
  },
)

test("lists the token's applications in pages, sorted by ID", async () => {
  const server = await startServer()
  for (const id of ['c', 'a', 'e', 'b', 'd']) await server.api('PUT', `/applications/${id}`)
  const ids = (answer: { body: { items: { id: string }[] } }) => answer.body.items.map(({ id }) => id)

  const first = await server.api('GET', '/applications?limit=2')
  expect(ids(first)).toEqual(['a', 'b'])
  const second = await server.api('GET', `/applications?limit=2&cursor=${first.body.nextCursor}`)
  expect(ids(second)).toEqual(['c', 'd'])
  const third = await server.api('GET', `/applications?limit=2&cursor=${second.body.nextCursor}`)
  expect(ids(third)).toEqual(['e'])
  expect(third.body.nextCursor).toBeNull()

  const whole = await server.api('GET', '/applications?limit=5')
  expect([ids(whole).length, whole.body.nextCursor]).toEqual([5, null])
  const some = await token({ applications: ['e', 'b', 'none'] })
  expect(ids(await server.api('GET', '/applications', { token: some }))).toEqual(['b', 'e'])
  const odd = await token({ applications: ['e', 'b\0', '\ud800'] })
  expect(ids(await server.api('GET', '/applications', { token: odd }))).toEqual(['e'])
  const none = await token({ applications: [] })
  expect(ids(await server.api('GET', '/applications', { token: none }))).toEqual([])
})

test('search finds text in the ID or the name, in any case, and total counts what it finds on all pages', async () => {
  const server = await startServer()
  const names = { eu_1: 'Shop 100%', eu_2: 'SHOP', us_1: 'a shop_x', us_2: null, shop: null }
  for (const [id, name] of Object.entries(names))
    await server.api('PUT', `/applications/${id}`, { body: { name } })
  const find = async (search: string, more = '', bearer?: string) => {
    const path = `/applications?search=${encodeURIComponent(search)}&total=true${more}` as const
    const { body } = await server.api('GET', path, bearer === undefined ? {} : { token: bearer })
    return { ids: body.items.map(({ id }) => id), next: body.nextCursor, total: body.total }
  }

  expect(await find('sHoP')).toEqual({ ids: ['eu_1', 'eu_2', 'shop', 'us_1'], next: null, total: 4 })
  expect(await find('US_')).toEqual({ ids: ['us_1', 'us_2'], next: null, total: 2 })
  expect(await find('none')).toEqual({ ids: [], next: null, total: 0 })
  for (const [text, id] of [
    ['100%', 'eu_1'],
    ['%', 'eu_1'],
    ['p_', 'us_1'],
  ] as const)
    expect(await find(text)).toEqual({ ids: [id], next: null, total: 1 })

  const first = await find('shop', '&limit=3')
  expect([first.ids, first.total]).toEqual([['eu_1', 'eu_2', 'shop'], 4])
  const second = await find('shop', `&limit=3&cursor=${first.next}`)
  expect(second).toEqual({ ids: ['us_1'], next: null, total: 4 })

  const some = await token({ applications: ['us_1', 'us_2', 'eu_2', 'none'] })
  expect(await find('shop', '', some)).toEqual({ ids: ['eu_2', 'us_1'], next: null, total: 2 })
  const without = await server.api('GET', '/applications?search=shop')
  expect(without.body).not.toHaveProperty('total')
})

test('a cursor that the server cannot have issued returns 400', async () => {
  const server = await startServer()
  const cursorOf = (text: string) => Buffer.from(text).toString('base64url')
  for (const cursor of ['a', cursorOf('a\0'), cursorOf('ä'), cursorOf('a b'), cursorOf('x'.repeat(65))])
    expect((await server.api('GET', `/applications?cursor=${cursor}`)).status).toBe(400)
})

test('deleting an application deletes its webhooks and keys', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  await server.api('PATCH', `${webhook}/secret`)
  expect((await server.api('DELETE', '/applications/app_1')).status).toBe(204)
  expect((await server.api('DELETE', '/applications/app_1')).status).toBe(404)
  expect((await server.api('GET', webhook)).status).toBe(404)
  await provision(server)
  expect((await server.api('GET', `${webhook}/secret`)).body).toEqual({
    current: null,
    overlap: null,
    previous: [],
  })
})

test("deleting an application with 1,101 webhooks adds an event to each webhook's audit trail", async () => {
  const server = await startServer()
  await provision(server)
  const rows = Array.from({ length: 1_100 }, (_, i) => `('app_1', 'many_${i}', 'https://a.example/', 0, 0)`)
  await execute(
    server.databaseUrl,
    `insert into webhooks (application_id, id, url, created_at, updated_at) values ${rows.join()}`,
  )
  expect((await server.api('DELETE', '/applications/app_1')).status).toBe(204)
  const deleted = await withDatabase(server.databaseUrl, (queries) => listAllEvents(queries, null, 2_000))
  expect(deleted.filter(({ type }) => type === 'webhook.deleted')).toHaveLength(1_101)
  await provision(server)
  const { body } = await server.api('GET', '/applications/app_1/webhooks/hook_1/events')
  const types = body.items.map(({ type }) => type)
  expect(types).toEqual(['webhook.created', 'webhook.deleted', 'webhook.created'])
  expect(await findBrokenPromises(await openDatabase(server.databaseUrl), [])).toEqual([])
})
