import { expect, test } from 'vitest'
import type { WebhookPath } from '../support/documented-body.ts'
import { connectTo, rawRequest } from '../support/raw-http.ts'
import { provision, startServer, type TestServer } from '../support/server.ts'
import { token } from '../support/tokens.ts'

const payload = 'x'.repeat(1_048_576)

/** Provisions a webhook with as many keys as a verification tries, all but one revoked. */
async function provisionOldKeys(server: TestServer): Promise<WebhookPath> {
  const webhook = await provision(server, 'hostile')
  const rotate = () => server.api('PATCH', `${webhook}/secret`, { body: { overlapSeconds: 0 } })
  await Promise.all(Array.from({ length: 100 }, rotate))
  return webhook
}

/** Verifies a message of 1 MiB that no key signed, so that every key is tried. */
function verifyForged(server: TestServer, webhook: WebhookPath) {
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
    'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
  }
  return server.api('POST', `${webhook}/signatures/verify`, { body: { headers, payload } })
}

test('an application gets its signature within a second while another verifies large messages with 100 keys', async () => {
  const server = await startServer({ ownThread: true })
  const hostile = await provisionOldKeys(server)
  const webhook = await provision(server, 'bystander')
  await server.api('PATCH', `${webhook}/secret`)
  let isOver = false
  const flood = Array.from({ length: 16 }, async () => {
    do {
      const { status, body } = await verifyForged(server, hostile)
      if (status !== 504) expect([status, body.reason]).toEqual([200, 'wrong_signature'])
    } while (!isOver)
  })
  const durations: number[] = []
  for (let attempt = 0; attempt < 10; attempt++) {
    const start = performance.now()
    expect((await server.api('POST', `${webhook}/signatures`, { body: { payload: '{}' } })).status).toBe(200)
    durations.push(performance.now() - start)
  }
  isOver = true
  // Only the shortest duration counts, because this process also sends the flood, which delays its other requests.
  expect(Math.min(...durations)).toBeLessThan(1_000)
  await Promise.all(flood)
})

test('large bodies that never arrive completely delay only large messages of the same application', async () => {
  const server = await startServer()
  const hostile = await provision(server, 'hostile')
  const webhook = await provision(server, 'bystander')
  for (const path of [hostile, webhook]) await server.api('PATCH', `${path}/secret`)
  const sign = (path: WebhookPath, text: string) =>
    server.api('POST', `${path}/signatures`, { body: { payload: text } }).then(({ status }) => status)

  const head = rawRequest('POST', `/api/v1${hostile}/signatures`, {
    authorization: `Bearer ${await token()}`,
    'content-type': 'application/json',
    'content-length': '5000000',
    expect: '100-continue',
  })
  const unfinished = await Promise.all(Array.from({ length: 20 }, () => connectTo(server.origin)))
  for (const connection of unfinished) connection.send(head)
  // The server sends 100 when it is ready to read a body. One application gets half of the slots for large bodies.
  let asked = 0
  for (const connection of unfinished)
    void connection.answer().then(
      () => asked++,
      () => undefined,
    )
  await expect.poll(() => asked).toBe(8)

  let own: number | undefined
  const ownSignature = sign(hostile, payload).then((status) => (own = status))
  expect(await sign(webhook, payload)).toBe(200)
  expect(await sign(hostile, '{}')).toBe(200)
  expect([own, asked]).toEqual([undefined, 8])
  for (const { socket } of unfinished) socket.destroy()
  expect(await ownSignature).toBe(200)
})
