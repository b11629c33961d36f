import { expect, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventTypes, liveKeys, overlapping, probe, setUrl, startProbeServer } from '../support/probes.ts'
import { startReceiver, verifiedWith } from '../support/receivers.ts'
import { provision } from '../support/server.ts'

test('a probe returns 404 for a missing webhook and 409 before the first rotation, and sends nothing', async () => {
  const server = await startProbeServer()
  const webhook = await provision(server)
  const receiver = await startReceiver(() => 204)
  await setUrl(server, webhook, receiver.url)
  const { status, body } = await probe(server, webhook)
  expect([status, body.message]).toEqual([409, expect.stringContaining('Rotate it once')])
  expect((await probe(server, `${webhook}x`)).status).toBe(404)
  expect(receiver.connections()).toBe(0)
})

test.each([{ endOverlap: 'yes' }, { expectPreviousRefused: 1 }, { url: 'https://other.example/' }, []])(
  'a probe returns 400 for the body %j and sends nothing',
  async (body) => {
    const server = await startProbeServer()
    const { webhook } = await overlapping(server)
    const receiver = await startReceiver(() => 204)
    await setUrl(server, webhook, receiver.url)
    expect((await probe(server, webhook, body)).status).toBe(400)
    expect(receiver.connections()).toBe(0)
  },
)

test('an internal error after the probe has sent its messages returns 500 and changes nothing', async () => {
  let broken = false
  const server = await startProbeServer({
    now: () => {
      if (broken) throw new Error('the clock stands still')
      return Date.now()
    },
  })
  const { webhook, fresh } = await overlapping(server)
  const verified = verifiedWith(fresh)
  const receiver = await startReceiver((message) => {
    broken = true
    return verified(message)
  })
  await setUrl(server, webhook, receiver.url)
  expect((await probe(server, webhook, { endOverlap: true })).status).toBe(500)
  expect(receiver.messages.length).toBeGreaterThan(0)
  broken = false
  expect(await liveKeys(server, webhook)).toBe(2)
  expect(await eventTypes(server, webhook)).not.toContain('receiver.probed')
})

test('a probe returns 504 and changes nothing if storing the result takes too long', async () => {
  const server = await startProbeServer({ environment: { REKEY_REQUEST_TIMEOUT_MS: '2000' } })
  const { webhook, fresh } = await overlapping(server)
  const receiver = await startReceiver(verifiedWith(fresh))
  await setUrl(server, webhook, receiver.url)
  const before = await eventTypes(server, webhook)
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>()
  const { promise: locked, resolve: lock } = Promise.withResolvers<undefined>()
  const owner = { applicationId: 'app_1', webhookId: 'hook_1' }
  const store = await openDatabase(server.databaseUrl)
  const other = store.write(
    owner,
    () => {
      lock(undefined)
      return released
    },
    new AbortController().signal,
  )
  await locked
  const { status } = await probe(server, webhook, { endOverlap: true })
  release(undefined)
  await other
  expect(status).toBe(504)
  expect(receiver.messages).toHaveLength(2)
  expect(await liveKeys(server, webhook)).toBe(2)
  expect(await eventTypes(server, webhook)).toEqual(before)
})
