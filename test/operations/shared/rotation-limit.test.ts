import { expect, test } from 'vitest'
import type { WebhookPath } from '../../support/documented-body.ts'
import { provision, startServer, type TestServer } from '../../support/server.ts'

const start = Date.parse('2026-05-01T12:00:00Z')

async function startWithLimit(limit: string) {
  const clock = { now: start }
  const environment = { REKEY_ROTATIONS_PER_MINUTE: limit }
  const server = await startServer({ environment, now: () => clock.now })
  return { server, clock, webhook: await provision(server) }
}

const rotate = ({ api }: TestServer, webhook: WebhookPath, headers = {}) =>
  api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 }, headers })

test('rotations beyond the limit return 429 until the oldest counted rotation is a minute old', async () => {
  const { server, clock, webhook } = await startWithLimit('3')
  for (const second of [0, 10, 20]) {
    clock.now = start + second * 1000
    expect((await rotate(server, webhook)).status).toBe(200)
  }
  clock.now = start + 30_500
  const refused = await rotate(server, webhook)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('30')
  expect(refused.body).toEqual({
    error: 'Too Many Requests',
    message: 'This webhook has reached its rotation limit (3 per minute). Try again in 30 seconds.',
    code: 429,
  })
  expect((await server.api('GET', `${webhook}/secret`)).body.current?.createdAt).toBe(
    '2026-05-01T12:00:20.000Z',
  )
  clock.now = start + 59_999
  const last = await rotate(server, webhook)
  expect(last.headers.get('retry-after')).toBe('1')
  expect(last.body).toMatchObject({ message: expect.stringMatching(/ Try again in 1 second\.$/) as unknown })
  clock.now = start + 60_000
  expect((await rotate(server, webhook)).status).toBe(200)
  expect((await rotate(server, webhook)).headers.get('retry-after')).toBe('10')
})

test('each webhook has its own rotation limit', async () => {
  const { server, webhook } = await startWithLimit('1')
  const other = await provision(server, 'app_1', 'hook_2')
  expect((await rotate(server, webhook)).status).toBe(200)
  expect((await rotate(server, webhook)).status).toBe(429)
  expect((await rotate(server, other)).status).toBe(200)
})

test('over the rotation limit, a retry with the same Idempotency-Key still returns the first response', async () => {
  const { server, webhook } = await startWithLimit('1')
  const headers = { 'idempotency-key': 'retry' }
  const first = await rotate(server, webhook, headers)
  expect((await rotate(server, webhook)).status).toBe(429)
  expect((await rotate(server, webhook, headers)).body).toEqual(first.body)
})

test('of 20 concurrent rotations, only as many succeed as the limit allows, and the others return 429', async () => {
  const { server, webhook } = await startWithLimit('5')
  const answers = await Promise.all(Array.from({ length: 20 }, () => rotate(server, webhook)))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(5)
  expect(statuses.filter((status) => status === 429)).toHaveLength(15)
})

test('instances on one database share the rotation limit', async () => {
  const { server, clock, webhook } = await startWithLimit('5')
  const environment = { REKEY_ROTATIONS_PER_MINUTE: '5' }
  const other = await startServer({ beside: server, environment, now: () => clock.now })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, count) => rotate(count % 2 === 0 ? server : other, webhook)),
  )
  const refused = answers.filter(({ status }) => status === 429)
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(5)
  expect(refused).toHaveLength(15)
  for (const { headers } of refused) expect(headers.get('retry-after')).toBe('60')
})

test('revoking and reading keys succeed even after the rotation limit is reached', async () => {
  const { server, webhook } = await startWithLimit('1')
  await rotate(server, webhook)
  expect((await server.api('DELETE', `${webhook}/secret/previous`)).status).toBe(200)
  expect((await server.api('GET', `${webhook}/secret`)).status).toBe(200)
})

test('rotations dated far into the future by a wrong clock do not block later rotations', async () => {
  const { server, clock, webhook } = await startWithLimit('3')
  clock.now = start + 3_600_000
  for (let i = 0; i < 3; i++) expect((await rotate(server, webhook)).status).toBe(200)
  clock.now = start
  expect((await rotate(server, webhook)).status).toBe(200)
})

test('rotations by an instance whose clock is 5 seconds ahead count toward the limit of other instances', async () => {
  const { server, clock, webhook } = await startWithLimit('3')
  clock.now = start + 5_000
  for (let i = 0; i < 3; i++) expect((await rotate(server, webhook)).status).toBe(200)
  clock.now = start
  const refused = await rotate(server, webhook)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '65'])
})
