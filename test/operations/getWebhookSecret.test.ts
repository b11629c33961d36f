import { expect, test } from 'vitest'
import { present } from '../support/present.ts'
import { provision, startServer } from '../support/server.ts'

test('returns no key and no ETag before the first rotation', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const { status, body, headers } = await server.api('GET', `${webhook}/secret`)
  expect([status, body, headers.get('etag')]).toEqual([
    200,
    { current: null, previous: [], overlap: null },
    null,
  ])
})

test('lists every key with its state, times and creator, newest first', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const server = await startServer({
    now: () => now,
    environment: { REKEY_JWT_CLOCK_TOLERANCE_SECONDS: '0' },
  })
  const webhook = await provision(server)
  const rotate = (body: object) => server.api('PATCH', `${webhook}/secret`, { body })
  await rotate({ reason: 'first' })
  await rotate({ overlapSeconds: 0 })
  now += 1000
  await rotate({ overlapSeconds: 10 })
  await rotate({ overlapSeconds: 60 })
  now += 10_000
  const { body, headers, text } = await server.api('GET', `${webhook}/secret`)
  expect(headers.get('etag')).toBe(`"${present(body.current).id}"`)
  expect(body.current).toMatchObject({ state: 'current', createdBy: 'tester', reason: null, expiresAt: null })
  expect(body.previous).toMatchObject([
    { state: 'previous', expiresAt: '2026-01-01T00:01:01.000Z', revokedAt: null },
    { state: 'expired', expiresAt: '2026-01-01T00:00:11.000Z', revokedAt: null },
    {
      state: 'revoked',
      expiresAt: '2026-01-01T00:00:00.000Z',
      revokedAt: '2026-01-01T00:00:00.000Z',
      reason: 'first',
    },
  ])
  expect(text).not.toContain('signingSecret')
  expect(text).not.toMatch(/whsec_[^*]/)
})

test('lists at most 100 previous keys: every live key, then the newest inactive keys', async () => {
  const server = await startServer()
  const webhook = await provision(server)
  const rotate = (overlapSeconds: number) =>
    server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds } })
  for (let i = 0; i < 105; i++) await rotate(0)
  for (let i = 0; i < 3; i++) await rotate(604_800)
  const { body } = await server.api('GET', `${webhook}/secret`)
  const states = body.previous.map(({ state }) => state)
  expect(states).toEqual([...Array<string>(3).fill('previous'), ...Array<string>(97).fill('revoked')])
})

test('during rotations, every response lists each key once, and its ETag is the ID of the current key in the body', async () => {
  const server = await startServer({ environment: { REKEY_ROTATIONS_PER_MINUTE: '0' } })
  const other = await startServer({ beside: server })
  const webhook = await provision(server)
  const rotate = () => server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  await rotate()
  let rotations = 0
  const read = async () => {
    while (rotations < 100) {
      const { body, headers } = await other.api('GET', `${webhook}/secret`)
      const ids = [present(body.current), ...body.previous].map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(headers.get('etag')).toBe(`"${present(body.current).id}"`)
    }
  }
  const rotateOften = async () => {
    for (; rotations < 100; rotations++) expect((await rotate()).status).toBe(200)
  }
  await Promise.all([rotateOften(), read(), read(), read(), read()])
})

test('an instance whose clock is behind lists 100 revoked keys as revoked, and does not count them as live', async () => {
  let now = Date.now()
  const environment = { REKEY_ROTATIONS_PER_MINUTE: '0' }
  const server = await startServer({ environment, now: () => now })
  const webhook = await provision(server)
  for (let i = 0; i < 105; i++)
    await server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  now -= 1_000
  const { status, body } = await server.api('GET', `${webhook}/secret`)
  expect(status).toBe(200)
  expect(body.previous.map(({ state }) => state)).toEqual(Array<string>(100).fill('revoked'))
  expect((await server.api('DELETE', `${webhook}/secret/previous`)).status).toBe(200)
  expect((await server.api('GET', webhook)).body.liveKeys).toBe(1)
  expect((await server.api('GET', '/applications/app_1/webhooks')).body.items[0]?.liveKeys).toBe(1)
})
