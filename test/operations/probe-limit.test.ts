import { expect, test } from 'vitest'
import { probe, rotate, setUrl, startProbeServer } from '../support/probes.ts'
import { startReceiver } from '../support/receivers.ts'
import { provision } from '../support/server.ts'

test('a probe returns 429 and sends nothing while its application has 8 probes in progress', async () => {
  const server = await startProbeServer()
  const { promise: released, resolve: release } = Promise.withResolvers<number>()
  const slow = await startReceiver(() => released)
  const webhook = await provision(server)
  const bystander = await provision(server, 'app_2')
  const { url } = await startReceiver(() => 204)
  for (const path of [webhook, bystander]) {
    await rotate(server, path)
    await setUrl(server, path, path === webhook ? slow.url : url)
  }
  const running = Array.from({ length: 8 }, () => probe(server, webhook))
  await expect.poll(() => slow.messages.length).toBe(16)
  const refused = await probe(server, webhook)
  expect([refused.status, refused.body, refused.headers.get('retry-after')]).toEqual([
    429,
    {
      error: 'Too Many Requests',
      message: 'This application has reached its limit of 8 probes at a time. Try again in 1 second.',
      code: 429,
    },
    '1',
  ])
  expect((await probe(server, bystander)).status).toBe(200)
  expect(slow.messages).toHaveLength(16)
  release(204)
  for (const answer of running) expect((await answer).status).toBe(200)
  expect((await probe(server, webhook)).status).toBe(200)
})
